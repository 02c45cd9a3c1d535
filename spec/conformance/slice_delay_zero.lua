-- R35 R36: delay(0) and yield take turns; neither starves a timer
local poe = require "poe"

local y, z, t = 0, 0, false
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("z", 0) yield "y" end,
  z = function() z = z + 1 print("z" .. z) if z < 3 then KERNEL:delay("z", 0) end end,
  y = function() y = y + 1 print("y" .. y) if y < 3 then yield "y" end end,
} }
KERNEL:run()
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("t", 0.02) yield "loop" end,
  loop = function() if not t then yield "loop" end end,
  t = function() t = true print "timer" end,
} }
KERNEL:run()
