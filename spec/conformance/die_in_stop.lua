-- R162: an exception in _stop is raised by run, one more event later
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() KERNEL:sig("DIE", "die") end,
  die = function() print "never" end,
  _stop = function() print "A stop" error("in stop", 0) end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("x2", 0.02) KERNEL:delay("x3", 0.04) end,
  x2 = function() print "B x2" end,
  x3 = function() print "B x3" end,
  _stop = function() print "B stop" end,
} }
local _, err = pcall(KERNEL.run, KERNEL)
print("raised: " .. err)
