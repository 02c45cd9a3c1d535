-- R300: paused output, and with it the close, waits for the resuming
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.Run.new {
      program = "echo one; echo two; echo e >&2",
      stdout_event = "out", stderr_event = "err", close_event = "closed", error_event = "error",
    }
    HEAP.w:pause_stdout()
    KERNEL:sig_child(HEAP.w:PID(), "chld")
  end,
  err = function(line) print("err " .. line) yield "half" end,
  chld = function() yield "half" end,
  half = function()
    HEAP.halves = (HEAP.halves or 0) + 1
    if HEAP.halves == 2 then KERNEL:delay("resume", 0.05) end
  end,
  resume = function() print "resume" HEAP.w:resume_stdout() end,
  out = function(line) print("out " .. line) end,
  error = function(_, _, _, _, handle) if handle == "STDOUT" then print "STDOUT ends" end end,
  closed = function() print "close" HEAP.w:close() end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
