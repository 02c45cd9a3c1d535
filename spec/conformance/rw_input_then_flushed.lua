-- R254: the records of one read in a row, then the flush event, then the queue
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.n = 0
    HEAP.b:write "l1\nl2\nl3\nl4\n"
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, input_event = "in", flushed_event = "flushed", error_event = "error",
    }
    HEAP.w:put "out"
    yield "event"
  end,
  ["in"] = function(line)
    print("in " .. line)
    if line == "l1" then yield "event" end
  end,
  flushed = function() print "flushed" end,
  event = function()
    print "event"
    HEAP.n = HEAP.n + 1
    if HEAP.n == 2 then HEAP.w:close() end
  end,
  _stop = function() print("peer got " .. HEAP.b:read(100):gsub("\r\n", "|")) end,
} }
KERNEL:run()
