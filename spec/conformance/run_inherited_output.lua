-- R297: without output events the program writes where we write
local poe = require "poe"

io.stdout:setvbuf "no"
poe.Session.create { inline_states = {
  _start = function()
    print "before"
    HEAP.w = poe.wheel.Run.new {
      program = { "echo", "from the program" }, stdin_event = "written", close_event = "closed",
    }
    KERNEL:sig_child(HEAP.w:PID(), "chld")
  end,
  chld = function(_, _, status) print("chld " .. status) HEAP.w:close() end,
  closed = function() print "close" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
