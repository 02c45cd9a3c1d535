-- R29 R30: ready handles come before events; what they post runs in the same slice
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a, b = poe.socket.pair()
    b:close() -- a is readable (at its end) and writable
    HEAP.a = a
    KERNEL:select_read(a, "rd")
    KERNEL:select_write(a, "wr")
    yield "yielded"
    KERNEL:alarm("past", poe.time() - 10)
  end,
  rd = function()
    print "rd"
    KERNEL:select_read(HEAP.a)
    yield "after_rd"
  end,
  wr = function()
    print "wr"
    KERNEL:select_write(HEAP.a)
    yield "after_wr"
  end,
  past = function() print "past" end,
  yielded = function() print "yielded" yield "next" end,
  after_rd = function() print "after_rd" end,
  after_wr = function() print "after_wr" end,
  next = function() print "next" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
