-- R231: a slice after the last session still says yes once, then run is over
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() yield "x" end,
  x = function() print "x" end,
  _stop = function() print "_stop" end,
} }
for slice = 1, 4 do
  local more = KERNEL:run_one_timeslice()
  print("slice " .. slice .. ": " .. (more and "yes" or "no"))
  if not more then break end
end
