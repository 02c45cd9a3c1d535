-- R258 R262: much output: everything arrives, one flush event at the end
local poe = require "poe"

local a, b = poe.socket.pair()
local SIZE <const> = 3000000
poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, filter = poe.filter.Stream.new(), flushed_event = "flushed",
    }
    HEAP.w:put(("x"):rep(SIZE // 2), ("y"):rep(SIZE // 2))
    print(HEAP.w:get_driver_out_octets() .. " octets")
  end,
  flushed = function()
    print("flushed, " .. HEAP.w:get_driver_out_octets() .. " left")
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
  ["in"] = function(data) HEAP.n = HEAP.n + #data HEAP.last = data:sub(-1) end,
  error = function(_, code)
    print("peer got " .. HEAP.n .. ", at last " .. HEAP.last .. ", " .. code)
    HEAP.w:close()
  end,
} }
KERNEL:run()
