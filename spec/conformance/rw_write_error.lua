-- R262: a write error: told once, the octets stay counted, no flush event
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a, b = poe.socket.pair()
    b:close()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, filter = poe.filter.Stream.new(), flushed_event = "flushed",
      error_event = "error",
    }
    HEAP.w:put "hello"
    KERNEL:delay("look", 0.03)
  end,
  flushed = function() print "flushed" end,
  error = function(op, code) print("error " .. op .. " " .. code) end,
  look = function()
    print("octets " .. HEAP.w:get_driver_out_octets())
    HEAP.w:close()
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
