-- R271: without its input event a wheel does not read; with it again it catches up
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new { handle = a, input_event = "in" }
    HEAP.b:write "one\n"
  end,
  ["in"] = function(line)
    print("in " .. line)
    HEAP.w:event { input_event = false }
    HEAP.b:write "two\nthree\n"
    KERNEL:delay("on", 0.03)
  end,
  on = function() print "on" HEAP.w:event { input_event = "other" } end,
  other = function(line)
    print("other " .. line)
    if line == "three" then HEAP.w:close() end
  end,
} }
KERNEL:run()
