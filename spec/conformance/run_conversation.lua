-- R293: a conversation with a program
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.Run.new {
      program = 'while read x; do echo "<$x>"; done; echo bye',
      stdin_event = "written", stdout_event = "out", error_event = "error", close_event = "closed",
    }
    KERNEL:sig_child(HEAP.w:PID(), "chld")
    HEAP.lines = { "two", "three" }
    HEAP.w:put "one"
  end,
  written = function() print "written" end,
  out = function(line)
    print("out " .. line)
    local after = table.remove(HEAP.lines, 1)
    if after then
      HEAP.w:put(after)
    elseif not HEAP.shut then
      HEAP.shut = true
      HEAP.w:shutdown_stdin()
    end
  end,
  error = function(op, code, _, _, handle)
    print("error " .. op .. " " .. code .. " " .. handle)
  end,
  closed = function() print "close" HEAP.w:close() end,
  chld = function() end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
