-- R302: a wheel dropped at once: the program goes on, its end is told
local poe = require "poe"

local path = os.tmpname()
poe.Session.create { inline_states = {
  _start = function()
    local w = poe.wheel.Run.new {
      program = "sleep 0.1; echo done >" .. path,
      stdout_event = "out", error_event = "error", close_event = "closed",
    }
    KERNEL:sig_child(w:PID(), "chld")
    w:close()
  end,
  out = function() print "out" end,
  error = function() print "error" end,
  closed = function() print "close" end,
  chld = function(_, _, status)
    local f <close> = assert(io.open(path))
    print("chld " .. status .. ", it wrote " .. f:read "l")
  end,
  _stop = function() os.remove(path) print "_stop" end,
} }
KERNEL:run()
