-- R70 R86: an alias keeps a session only as long as others live
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "a" KERNEL:sig("IDLE", "idle") end,
  idle = function() print "A IDLE" end,
  _stop = function() print "A stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("x", 0.02) end,
  x = function() print "B x" end,
  _stop = function() print "B stop" end,
} }
KERNEL:run()
print "done"
