-- R94 R143 R149: a running process postpones IDLE while somebody watches for it
local poe = require "poe"

local pipes = {}
local function child(command)
  local pipe = assert(io.popen("echo $$; " .. command))
  pipes[#pipes + 1] = pipe
  return pipe:read "n"
end
local function run(how, watch)
  print(how)
  local pid = child "sleep 0.2; exit 3"
  poe.Session.create { inline_states = {
    _start = function() KERNEL:alias_set "a" KERNEL:sig("IDLE", "idle") end,
    idle = function() print "idle" end,
    _stop = function() print "alias stops" end,
  } }
  poe.Session.create { inline_states = {
    _start = function() watch(pid) end,
    gone = function(_, which)
      print("gone " .. (which == pid and "it" or "?"))
      KERNEL:sig "CHLD"
      if how == "CHLD" then KERNEL:refcount_decrement(SESSION:ID(), "wait") end
    end,
    _stop = function() if how ~= "not our child" then print "watcher stops" end end,
  } }
  KERNEL:run()
end
run("pid", function(pid) KERNEL:sig_child(pid, "gone") end)
run("CHLD", function() KERNEL:sig("CHLD", "gone") KERNEL:refcount_increment(SESSION:ID(), "wait") end)
run("CHLD alone", function() KERNEL:sig("CHLD", "gone") end)
run("not our child", function() KERNEL:sig_child(1, "gone") end)
run("nobody's business", function() end)
