-- R258 R263: a producer that stops at the high mark and goes on at the low one
local poe = require "poe"

local a, b = poe.socket.pair()
local CHUNKS <const> = 60
poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, filter = poe.filter.Stream.new(), flushed_event = "flushed",
      high_mark = 100000, low_mark = 20000, high_event = "high", low_event = "produce",
    }
    HEAP.sent, HEAP.stops = 0, 0
    yield "produce"
  end,
  produce = function()
    while HEAP.sent < CHUNKS do
      HEAP.sent = HEAP.sent + 1
      if HEAP.w:put(("x"):rep(25000)) then
        HEAP.stops = HEAP.stops + 1
        return
      end
    end
  end,
  flushed = function()
    if HEAP.sent < CHUNKS then return end
    print("sent " .. HEAP.sent .. " chunks, stopped " .. HEAP.stops .. " times")
    HEAP.w:close()
  end,
} }
poe.Session.create { inline_states = {
  _start = function()
    HEAP.n = 0
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = b, filter = poe.filter.Stream.new(), input_event = "in", error_event = "error",
    }
  end,
  ["in"] = function(data) HEAP.n = HEAP.n + #data end,
  error = function(_, code) print("received " .. HEAP.n .. ", " .. code) HEAP.w:close() end,
} }
KERNEL:run()
