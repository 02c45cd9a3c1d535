-- R267: paused input arrives after resuming
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new { handle = a, input_event = "in", error_event = "error" }
    HEAP.b:write "one\n"
  end,
  ["in"] = function(line)
    print("in " .. line)
    if line == "one" then
      HEAP.w:pause_input()
      HEAP.b:write "two\nthree\n"
      KERNEL:delay("resume", 0.03)
    end
    if line == "three" then HEAP.b:close() end
  end,
  resume = function() print "resume" HEAP.w:resume_input() end,
  error = function(op, code) print("error " .. op .. " " .. code) HEAP.w:close() end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
