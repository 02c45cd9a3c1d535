-- R143 R144 R145 R146: who watches a process, in what order they hear, and what keeps them
local poe = require "poe"

local pipe = assert(io.popen "echo $$; sleep 0.1; exit 5")
local pid = pipe:read "n"
local heard = 0
poe.Session.create { inline_states = {
  _start = function() KERNEL:sig("CHLD", "any") KERNEL:delay("end", 0.3) end,
  any = function() print("any after " .. heard) end,
  ["end"] = function() KERNEL:sig "CHLD" end,
  _stop = function() print "any stops" end,
} }
for _ = 1, 2 do
  poe.Session.create { inline_states = {
    _start = function()
      KERNEL:sig_child(pid, "wrong", "first")
      KERNEL:sig_child(pid, "gone", "second")
    end,
    wrong = function(...) print("wrong " .. table.concat({ ... }, " ")) end,
    gone = function(_, _, exit, _, own)
      heard = heard + 1
      print("gone " .. exit .. " " .. own)
      KERNEL:sig_child(pid)
    end,
  } }
end
poe.Session.create { inline_states = {
  _start = function() KERNEL:sig("CHLD", "any") end,
  any = function() print "too late" end,
  _stop = function() print "a CHLD watcher is not kept" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:sig_child(pid, "gone") yield "away" end,
  away = function() KERNEL:sig_child(pid) print "away" end,
  gone = function() print "unwatched" end,
  _stop = function() print "away stops" end,
} }
KERNEL:run()
