-- R256: without an error event the end is passed over in silence
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a, b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new { handle = a, input_event = "in" }
    b:write "one\ntw"
    b:close()
    KERNEL:delay("look", 0.03)
  end,
  ["in"] = function(line) print("in " .. line) end,
  look = function()
    print("the wheel is " .. (HEAP.w:ID() and "there" or "gone"))
    HEAP.w:close()
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
