-- R175 R176: select sets the three modes and clears what it does not name
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.a, HEAP.b = poe.socket.pair()
    HEAP.b:write "x"
    KERNEL:select(HEAP.a, "rd", "wr", "ex")
    KERNEL:delay("read_only", 0.02)
  end,
  rd = function() if not HEAP.rd then print "rd" HEAP.rd = true end end,
  wr = function() if not HEAP.wr then print "wr" HEAP.wr = true end end,
  ex = function() print "ex" end,
  read_only = function()
    print "read only"
    KERNEL:select(HEAP.a, nil, nil, nil)
    KERNEL:select(HEAP.a, "rd")
    HEAP.rd, HEAP.wr = false, false
    KERNEL:delay("write_only", 0.02)
  end,
  write_only = function()
    print "write only"
    KERNEL:select(HEAP.a, nil, "wr")
    HEAP.rd, HEAP.wr = false, false
    KERNEL:delay("none", 0.02)
  end,
  none = function() print "none" KERNEL:select(HEAP.a) end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
