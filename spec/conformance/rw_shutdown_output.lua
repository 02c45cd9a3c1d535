-- R272: after shutdown_output the peer reads the end while input goes on
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a, b = poe.socket.pair()
    HEAP.a = poe.wheel.ReadWrite.new {
      handle = a, input_event = "a_in", flushed_event = "a_flushed", error_event = "a_error",
    }
    HEAP.b = poe.wheel.ReadWrite.new { handle = b, input_event = "b_in", error_event = "b_error" }
    HEAP.a:put "question"
  end,
  a_flushed = function() HEAP.a:shutdown_output() end,
  b_in = function(line) print("b in " .. line) end,
  b_error = function(op, code) print("b error " .. op .. " " .. code) HEAP.b:put "answer" end,
  a_in = function(line) print("a in " .. line) HEAP.b:close() end,
  a_error = function(op, code) print("a error " .. op .. " " .. code) HEAP.a:close() end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
