-- R272: shutdown_input ends the reading in silence, output goes on
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a, b = poe.socket.pair()
    HEAP.a = poe.wheel.ReadWrite.new { handle = a, input_event = "in", error_event = "error" }
    HEAP.b = poe.wheel.ReadWrite.new { handle = b, input_event = "b_in" }
    HEAP.a:shutdown_input()
    KERNEL:delay("put", 0.03)
  end,
  ["in"] = function(line) print("in " .. line) end,
  error = function(op, code) print("error " .. op .. " " .. code) end,
  put = function() print "put" HEAP.a:put "still" end,
  b_in = function(line)
    print("b in " .. line)
    HEAP.a:close()
    HEAP.b:close()
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
