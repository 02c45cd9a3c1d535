-- R105 R108: adjusting to an occupied time goes last; to the past fires in this slice
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local at, t = poe.time() + 0.02, {}
    for i = 1, 4 do t[i] = KERNEL:alarm_set("t", at, i) end
    KERNEL:alarm_adjust(t[1], 0)
    KERNEL:alarm_adjust(t[2], 1)
    KERNEL:alarm_adjust(t[2], -1)
  end,
  t = function(i) print("t" .. i) end,
} }
KERNEL:run()
poe.Session.create { inline_states = {
  _start = function() HEAP.t = KERNEL:delay_set("t", 10) yield "go" end,
  go = function() print "A go" yield "y" KERNEL:alarm_adjust(HEAP.t, -20) end,
  t = function() print "A t" end,
  y = function() print "A y" end,
} }
poe.Session.create { inline_states = {
  _start = function() yield "x" end,
  x = function() print "B x" end,
} }
KERNEL:run()
