-- R59 R73: a watched handle, even a paused one, keeps its session; IDLE is never sent
local poe = require "poe"

local a = poe.Session.create { inline_states = {
  _start = function()
    HEAP.a, HEAP.b = poe.socket.pair()
    KERNEL:sig("IDLE", "idle")
    KERNEL:select_read(HEAP.a, "readable")
  end,
  pause = function() print "A:pause" KERNEL:select_pause_read(HEAP.a) end,
  off = function() print "A:off" KERNEL:select_read(HEAP.a) end,
  readable = function() print "A:readable" end,
  idle = function() print "A:idle" end,
  _stop = function() print "A:_stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("one", 0.01) end,
  one = function() print "B:one" post(a, "pause") KERNEL:delay("two", 0.02) end,
  two = function() print "B:two" post(a, "off") KERNEL:delay("three", 0.02) end,
  three = function() print "B:three" end,
  _stop = function() print "B:_stop" end,
} }
KERNEL:run()
