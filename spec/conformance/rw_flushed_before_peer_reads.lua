-- R254 R312: the writer hears of its flush before the reader has the data
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a, b = poe.socket.pair()
    HEAP.a = poe.wheel.ReadWrite.new { handle = a, flushed_event = "flushed" }
    HEAP.b = poe.wheel.ReadWrite.new { handle = b, input_event = "in" }
    KERNEL:delay("put", 0.02)
  end,
  put = function() HEAP.a:put "hello" end,
  flushed = function() print "flushed" end,
  ["in"] = function(line) print("in " .. line) KERNEL:delay("end", 0.02) end,
  ["end"] = function()
    HEAP.a:close()
    HEAP.b:close()
  end,
} }
KERNEL:run()
