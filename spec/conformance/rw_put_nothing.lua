-- R259: putting nothing is nothing
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, filter = poe.filter.Stream.new(), flushed_event = "flushed",
    }
    local none, empty = HEAP.w:put(), HEAP.w:put ""
    print((none and 1 or 0) .. (empty and 1 or 0) .. " " .. HEAP.w:get_driver_out_octets())
    KERNEL:delay("some", 0.03)
  end,
  flushed = function() print "flushed" HEAP.w:close() end,
  some = function() print "some" HEAP.w:put "x" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
