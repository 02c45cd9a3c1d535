-- R294: a last line without its end is lost
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.Run.new {
      program = { "printf", "a\\nb\\nc" },
      stdout_event = "out", error_event = "error", close_event = "closed",
    }
    KERNEL:sig_child(HEAP.w:PID(), "chld")
  end,
  out = function(line) print("out " .. line) end,
  error = function(op, code, _, _, handle)
    print("error " .. op .. " " .. code .. " " .. handle)
  end,
  closed = function() print "close" HEAP.w:close() end,
  chld = function() end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
