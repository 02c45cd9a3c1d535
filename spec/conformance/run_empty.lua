-- R229 R230: run without sessions returns at once, and may be called again and again
local poe = require "poe"

KERNEL:run()
print "nothing to run"
for turn = 1, 3 do
  poe.Session.create { inline_states = {
    _start = function() KERNEL:alias_set "name" KERNEL:delay("x", 0.01) end,
    x = function() print("turn " .. turn) end,
    _stop = function() print("_stop " .. turn) end,
  } }
  KERNEL:run()
  print "run returned"
end
KERNEL:run()
print "nothing left"
