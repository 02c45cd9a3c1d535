-- R269: a new input filter delivers what was buffered before it is set
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new { handle = a, input_event = "in" }
    HEAP.b:write "whole\nhal"
    KERNEL:delay("switch", 0.03)
  end,
  ["in"] = function(data)
    print("in " .. data)
    if data == "f" then HEAP.w:close() end
  end,
  switch = function()
    print "switch"
    HEAP.w:set_input_filter(poe.filter.Stream.new())
    print "switched"
    HEAP.b:write "f"
  end,
} }
KERNEL:run()
