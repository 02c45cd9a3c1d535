-- R178: a read handler that clears the descriptor takes the write event of its slice back
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.a, HEAP.b = poe.socket.pair()
    HEAP.b:write "x"
    KERNEL:select(HEAP.a, "rd", "wr")
    yield "event"
  end,
  rd = function(handle) print "rd" KERNEL:select(handle) end,
  wr = function() print "wr" end,
  event = function() print "event" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
