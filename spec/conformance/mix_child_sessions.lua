-- R94 R143 R145 R152 R222: who watches a process dies, is stopped, fails or is detached meanwhile
local poe = require "poe"

local pipes = {}
local function child(command)
  local pipe = assert(io.popen("echo $$; " .. command))
  pipes[#pipes + 1] = pipe
  return pipe:read "n"
end
local function session(n, command, more)
  poe.Session.create { heap = n, inline_states = {
    _start = function()
      local pid = child(command)
      if more.alias then KERNEL:alias_set(n) end
      KERNEL:sig_child(pid, "gone", n)
      KERNEL:sig("DIE", "died")
      if more.start then more.start(pid) end
    end,
    gone = function(_, _, status, _, own)
      print(n .. " gone " .. status .. " " .. own)
      if more.gone then more.gone() end
    end,
    died = function(_, info)
      print(n .. " DIE in " .. info.event .. ": " .. info.error_str)
      KERNEL:sig_handled()
    end,
    away = function(pid) print(n .. " away") KERNEL:sig_child(pid) end,
    off = function() print(n .. " off") KERNEL:detach_myself() end,
    next = function() print(n .. " next") end,
    _parent = function(_, new) print(n .. " parent " .. (new == KERNEL and "kernel" or "?")) end,
    _stop = function() print(n .. " stop") end,
  } }
end
session("fails", "sleep 0.2; exit 2", { gone = function() yield "next" error("in gone", 0) end })
session("stopped", "sleep 1", { alias = true })
local once = true
session("again", "sleep 0.4; exit 3", { gone = function()
  local pid = child "sleep 0.2; exit 4"
  if once then KERNEL:sig_child(pid, "gone", "again") end
  once = false
end })
session("leaves", "sleep 1.2", { start = function(pid) KERNEL:delay("away", 0.8, pid) end })
poe.Session.create { inline_states = {
  _start = function()
    session("kid", "sleep 0.9; exit 6", { start = function() KERNEL:delay("off", 0.02) end })
    KERNEL:delay("kill", 0.02)
  end,
  kill = function() KERNEL:signal("stopped", "TERM") end,
  _child = function(reason) print("P " .. reason .. " " .. reason) end,
  _stop = function() print "P stop" end,
} }
KERNEL:run()
