-- R61 R65: a session with a timer stays until it fires and stops in that slice
local poe = require "poe"

for i, name in ipairs { "B", "C", "A" } do
  poe.Session.create { inline_states = {
    _start = function() KERNEL:delay("x", 0.16 * i) end,
    x = function() print(name .. ":x") end,
    _stop = function() print(name .. ":_stop") end,
  } }
end
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("x", 0.08) KERNEL:delay("y", 0.24) end,
  x = function() print "D:x" end,
  y = function() print "D:y" KERNEL:alarm_set("z", 1) end,
  z = function() print "D:z, in the same slice" end,
  _stop = function() print "D:_stop" end,
} }
KERNEL:run()
