-- R260: putting in the flush event gives another one
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.n = 0
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, filter = poe.filter.Stream.new(), flushed_event = "flushed",
    }
    HEAP.w:put "0"
  end,
  flushed = function()
    HEAP.n = HEAP.n + 1
    print("flushed " .. HEAP.n)
    if HEAP.n < 4 then HEAP.w:put(tostring(HEAP.n)) else HEAP.w:close() end
  end,
  _stop = function() print("peer got " .. HEAP.b:read(10)) end,
} }
KERNEL:run()
