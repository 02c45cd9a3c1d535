-- R232: run_while stops between slices; run goes on with the same sessions
local poe = require "poe"

local going = true
poe.Session.create { inline_states = {
  _start = function() yield("count", 1) KERNEL:delay("late", 0.02) end,
  count = function(n)
    print("count " .. n)
    yield("beside", n)
    if n < 6 then yield("count", n + 1) end
    if n == 3 then going = false end
  end,
  beside = function(n) print("beside " .. n) end,
  late = function() print "late" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run_while(function() return going end)
print "run_while returned"
KERNEL:run_while(function() return false end)
print "nothing ran"
KERNEL:run()
print "run returned"
