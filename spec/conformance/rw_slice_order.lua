-- R254 R29: input, then the flush event, then the queue, when all was put in a handler
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new { handle = a, input_event = "in", flushed_event = "flushed" }
    KERNEL:delay("go", 0.02)
  end,
  go = function()
    HEAP.b:write "l1\nl2\n"
    HEAP.w:put "out"
    yield "event"
  end,
  ["in"] = function(line) print("in " .. line) end,
  flushed = function() print "flushed" end,
  event = function() print "event" HEAP.w:close() end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
