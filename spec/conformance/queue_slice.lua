-- R28 R62: events posted by handlers run in the next slice, collection ends a slice
local poe = require "poe"

local function session(name, states)
  states._start = function() end
  states._stop = function() print(name .. ":_stop") end
  return poe.Session.create { inline_states = states }
end
local c = session("C", {
  x = function() print "C:x" yield "y" end,
  y = function() print "C:y" yield "z" end,
  z = function() print "C:z" end,
})
local a = session("A", {
  x = function() print "A:x" yield "y" end,
  y = function() print "A:y" end,
})
local b = session("B", { x = function() print "B:x" end })
for _, s in ipairs { c, a, b } do post(s, "x") end
for slice = 1, 4 do
  print("slice " .. slice)
  KERNEL:run_one_timeslice()
end
KERNEL:run()
