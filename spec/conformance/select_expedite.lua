-- R186 R175: ordinary data is no news for an expedite watcher, which keeps its session all the same
local poe = require "poe"

local a = poe.Session.create { inline_states = {
  _start = function()
    HEAP.a, HEAP.b = poe.socket.pair()
    HEAP.b:write "x"
    KERNEL:select_expedite(HEAP.a, "ex")
  end,
  ex = function() print "ex" end,
  off = function() print "off" KERNEL:select_expedite(HEAP.a) end,
  _stop = function() print "A:_stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("tell", 0.03) end,
  tell = function() post(a, "off") KERNEL:delay("last", 0.03) end,
  last = function() print "B:last" end,
} }
KERNEL:run()
