-- R301: the names of its events may change
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.Run.new {
      program = { "cat" }, stdout_event = "out_1", error_event = "error", close_event = "closed_1",
    }
    KERNEL:sig_child(HEAP.w:PID(), "chld")
    HEAP.w:put "one"
  end,
  out_1 = function(line)
    print("out_1 " .. line)
    HEAP.w:event { stdout_event = "out_2", close_event = "closed_2" }
    HEAP.w:put "two"
  end,
  out_2 = function(line) print("out_2 " .. line) HEAP.w:shutdown_stdin() end,
  closed_1 = function() print "closed_1" HEAP.w:close() end,
  closed_2 = function() print "closed_2" HEAP.w:close() end,
  error = function() end,
  chld = function() end,
} }
KERNEL:run()
