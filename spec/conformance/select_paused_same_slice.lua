-- R178 R180: pausing does not take back the write event of the same slice
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.a, HEAP.b = poe.socket.pair()
    HEAP.b:write "x"
    KERNEL:select(HEAP.a, "rd", "wr")
    KERNEL:delay("resume", 0.03)
  end,
  rd = function(handle)
    print "rd"
    KERNEL:select_read(handle)
    KERNEL:select_pause_write(handle)
  end,
  wr = function(handle)
    print "wr"
    if HEAP.resumed then KERNEL:select_write(handle) end
  end,
  resume = function()
    print "resume"
    HEAP.resumed = true
    KERNEL:select_resume_write(HEAP.a)
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
