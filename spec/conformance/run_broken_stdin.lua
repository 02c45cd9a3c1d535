-- R262 R290: writing to a program that does not read: a write error of its stdin
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.Run.new {
      program = "exec 0<&-; echo ready; sleep 0.2; echo later",
      stdin_event = "written", stdout_event = "out", error_event = "error", close_event = "closed",
    }
    KERNEL:sig_child(HEAP.w:PID(), "chld")
  end,
  written = function() print "written" end,
  out = function(line)
    print("out " .. line)
    if line == "ready" then HEAP.w:put "hello" end
  end,
  error = function(op, code, _, _, handle)
    print("error " .. op .. " " .. code .. " " .. handle)
  end,
  closed = function() print "close" HEAP.w:close() end,
  chld = function() end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
