-- R270: input and output have filters of their own
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, input_filter = poe.filter.Block.new { block_size = 2 },
      output_filter = poe.filter.Line.new { literal = "!" },
      input_event = "in", flushed_event = "flushed",
    }
    HEAP.b:write "abcdef"
  end,
  ["in"] = function(block) print("in " .. block) HEAP.w:put(block:upper()) end,
  flushed = function()
    print("peer got " .. HEAP.b:read(100))
    if HEAP.again then
      HEAP.w:close()
    else
      HEAP.again = true
      HEAP.w:set_output_filter(poe.filter.Line.new { literal = "?" })
      HEAP.b:write "gh"
    end
  end,
} }
KERNEL:run()
