-- R264: marks may be moved afterwards; impossible ones change nothing
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    local w = poe.wheel.ReadWrite.new {
      handle = a, filter = poe.filter.Stream.new(), flushed_event = "flushed",
      high_mark = 100, low_mark = 10, high_event = "high", low_event = "low",
    }
    HEAP.w = w
    pcall(w.set_high_mark, w, -1)
    pcall(w.set_high_mark, w, 5)
    pcall(w.set_low_mark, w, 0)
    pcall(w.set_low_mark, w, 500)
    print((w:put(("x"):rep(99)) and 1 or 0) .. (w:put "x" and 1 or 0))
    w:set_high_mark(200)
    w:set_low_mark(150)
    print((w:put(("x"):rep(99)) and 1 or 0) .. (w:put "x" and 1 or 0))
  end,
  high = function() print "high" end,
  low = function() print "low" end,
  flushed = function() print "flushed" HEAP.w:close() end,
} }
KERNEL:run()
