-- R173: all reads before all writes
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    for n = 1, 2 do
      local a, b = poe.socket.pair()
      HEAP[n] = b
      b:write "x"
      KERNEL:select_write(a, "wr")
      KERNEL:select_read(a, "rd")
    end
    yield "event"
  end,
  rd = function(handle) print "rd" KERNEL:select_read(handle) end,
  wr = function(handle) print "wr" KERNEL:select_write(handle) end,
  event = function() print "event" end,
} }
KERNEL:run()
