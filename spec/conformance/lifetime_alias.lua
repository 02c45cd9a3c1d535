-- R70: a session with only an alias lives as long as another has a reason to
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "service" KERNEL:sig("IDLE", "idle") end,
  serve = function(n) print("A:serve " .. n) end,
  idle = function(signal) print("A:" .. signal) end,
  _stop = function() print "A:_stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("x", 0.02) end,
  x = function() print "B:x" post("service", "serve", 1) KERNEL:delay("y", 0.02) end,
  y = function() print "B:y" post("service", "serve", 2) end,
  _stop = function() print "B:_stop" end,
} }
KERNEL:run()
print "run returned"
