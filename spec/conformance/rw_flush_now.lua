-- R261: flush() writes and tells at once, within the call
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, filter = poe.filter.Stream.new(), flushed_event = "flushed",
    }
    HEAP.w:put "hello"
    print "put"
    HEAP.w:flush()
    print("back from flush, peer got " .. HEAP.b:read(10))
    KERNEL:delay("done", 0.03)
  end,
  flushed = function() print("flushed, octets " .. HEAP.w:get_driver_out_octets()) end,
  done = function() print "done" HEAP.w:close() end,
} }
KERNEL:run()
