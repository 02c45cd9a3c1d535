-- R257: without an input event neither input nor its end is noticed
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a, b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, flushed_event = "flushed", error_event = "error",
    }
    HEAP.b = poe.wheel.ReadWrite.new { handle = b }
    HEAP.b:put "data"
    HEAP.b:flush()
    HEAP.b:shutdown_output()
    HEAP.w:put "out"
    KERNEL:delay("enough", 0.03)
  end,
  error = function(op, code) print("error " .. op .. " " .. code) end,
  flushed = function() print "flushed" end,
  enough = function()
    print "enough"
    HEAP.w:close()
    HEAP.b:close()
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
