-- R263: put tells of the high mark, the low event comes before the flush event
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.n = 0
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, filter = poe.filter.Stream.new(), flushed_event = "flushed",
      high_mark = 100, low_mark = 10, high_event = "high", low_event = "low",
    }
    local results = {}
    for _, n in ipairs { 50, 50, 1 } do results[#results + 1] = HEAP.w:put(("x"):rep(n)) and 1 or 0 end
    print(table.concat(results, " "))
  end,
  high = function() print "high" end,
  low = function(id) print("low " .. (id == HEAP.w:ID() and "id" or "?")) end,
  flushed = function()
    print "flushed"
    HEAP.n = HEAP.n + 1
    if HEAP.n > 1 then HEAP.w:close() else print(HEAP.w:put "small" and 1 or 0) end
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
