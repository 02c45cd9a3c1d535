-- R258: several puts of a slice flush once, puts of several slices once each
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new { handle = a, flushed_event = "flushed" }
    HEAP.w:put "one"
    HEAP.w:put("two", "three")
    print(HEAP.w:get_driver_out_messages() .. " messages, "
      .. HEAP.w:get_driver_out_octets() .. " octets")
    KERNEL:delay("four", 0.02)
  end,
  four = function() HEAP.w:put "four" KERNEL:delay("five", 0.02) end,
  five = function() HEAP.w:put "five" end,
  flushed = function()
    local data = HEAP.b:read(100):gsub("\r\n", "|")
    print("flushed " .. data .. " left " .. HEAP.w:get_driver_out_octets())
    if data:find "five" then HEAP.w:close() end
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
