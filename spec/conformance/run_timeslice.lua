-- R231: run_one_timeslice runs what was due, and tells whether there is more
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() yield "x" yield "x" end,
  x = function() print "x" yield "y" end,
  y = function() print "y" end,
  _stop = function() print "_stop" end,
} }
for slice = 1, 2 do
  print("slice " .. slice)
  local more = KERNEL:run_one_timeslice()
  print("more: " .. (more and "yes" or "no"))
end
local slices = 0
while KERNEL:run_one_timeslice() and slices < 10 do slices = slices + 1 end
print("it ends by itself: " .. (slices < 10 and "yes" or "no"))
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("t", 0.02) end,
  t = function() print "t" end,
  _stop = function() print "_stop" end,
} }
while KERNEL:run_one_timeslice() do end
print "done"
