-- R268: a filter set in an input handler takes the rest of the read at once
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, filter = poe.filter.Line.new(), input_event = "line",
    }
    HEAP.b:write "l1\nSWITCH\nabcdefENDl3\nl4\npar"
    KERNEL:delay("look", 0.03)
  end,
  line = function(line)
    print("line " .. line)
    if line == "SWITCH" then
      HEAP.w:event { input_event = "block" }
      HEAP.w:set_filter(poe.filter.Block.new { block_size = 3 })
      print "SWITCH returns"
    end
  end,
  block = function(block)
    print("block " .. block)
    if block == "END" then
      HEAP.w:event { input_event = "line" }
      HEAP.w:set_filter(poe.filter.Line.new())
      print "END returns"
    end
  end,
  look = function()
    print("pending " .. table.concat(HEAP.w:get_input_filter():get_pending(), " "))
    HEAP.w:close()
  end,
} }
KERNEL:run()
