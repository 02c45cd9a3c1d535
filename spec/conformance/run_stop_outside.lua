-- R18 R235 R240: stop() called by the program, before and between runs
local poe = require "poe"

local function make(name)
  poe.Session.create { inline_states = {
    _start = function() print(name .. ":_start") yield "x" KERNEL:delay("never", 5) end,
    x = function() print(name .. ":x") end,
    never = function() print(name .. ":never") end,
    _stop = function() print(name .. ":_stop from " .. (SENDER == KERNEL and "kernel" or "session")) end,
  } }
end
make "A"
KERNEL:stop()
print "stopped"
KERNEL:run()
print "run returned"
make "B"
KERNEL:run_one_timeslice()
KERNEL:stop()
print "stopped"
KERNEL:run()
print "run returned"
