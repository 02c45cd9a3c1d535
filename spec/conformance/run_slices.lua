-- R229 R231 R232 R233 R241: run, run_one_timeslice, run_while
local poe = require "poe"

KERNEL:run()
print "empty run"
poe.Session.create { inline_states = {
  _start = function() yield "x" yield "x" end,
  x = function() print("x " .. KERNEL:get_event_count()) yield "y" end,
  y = function() print "y" end,
  _stop = function() print "stop" end,
} }
for i = 1, 4 do
  local r = KERNEL:run_one_timeslice()
  print("slice " .. i .. ": " .. (r and 1 or "nil"))
end
local n = 2
poe.Session.create { inline_states = {
  _start = function() yield "t" end,
  t = function()
    print "t"
    n = n - 1
    HEAP.c = (HEAP.c or 0) + 1
    if HEAP.c <= 3 then yield "t" end
  end,
} }
KERNEL:run_while(function() return n ~= 0 end)
print "paused"
KERNEL:run()
print "done"
