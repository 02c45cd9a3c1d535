-- R178: one handle's handler takes another handle's write event of the same slice back
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.a, HEAP.b = poe.socket.pair()
    HEAP.c, HEAP.d = poe.socket.pair()
    HEAP.b:write "x"
    KERNEL:select_read(HEAP.a, "rd")
    KERNEL:select_write(HEAP.c, "wr")
    yield "event"
  end,
  rd = function(handle)
    print "rd"
    KERNEL:select_read(handle)
    KERNEL:select_write(HEAP.c)
  end,
  wr = function() print "wr" end,
  event = function() print "event" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
