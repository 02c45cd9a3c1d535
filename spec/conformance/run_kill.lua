-- R295: killing the program
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.signals = { "TERM", "HUP", "KILL" }
    yield "next"
  end,
  next = function()
    HEAP.signal = table.remove(HEAP.signals, 1)
    if not HEAP.signal then return end
    HEAP.w = poe.wheel.Run.new {
      program = { "sh", "-c", "echo ready; exec sleep 5" }, stdout_event = "ready",
      error_event = "error",
    }
    KERNEL:sig_child(HEAP.w:PID(), "chld")
  end,
  ready = function()
    local w, signal = HEAP.w, HEAP.signal
    local signalled
    if signal == "TERM" then signalled = w:kill() else signalled = w:kill(signal) end
    print("killed: " .. (signalled and "yes" or "no"))
  end,
  error = function() end,
  chld = function(_, _, status, signal)
    print(HEAP.signal .. ": status " .. status .. " signal " .. signal)
    HEAP.w:close()
    yield "next"
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
