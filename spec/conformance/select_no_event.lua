-- R176: no event name: the watching ends
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.a, HEAP.b = poe.socket.pair()
    HEAP.n = 0
    HEAP.b:write "x"
    KERNEL:select_read(HEAP.a, "rd")
    KERNEL:select_write(HEAP.a, "wr")
  end,
  rd = function(handle) print "rd" KERNEL:select_read(handle, nil) end,
  wr = function(handle)
    print "wr"
    HEAP.n = HEAP.n + 1
    if HEAP.n == 2 then KERNEL:select_write(handle) end
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
