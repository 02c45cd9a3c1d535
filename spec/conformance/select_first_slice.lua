-- R188 R9: in its first slice a session stops only at the end
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.a, HEAP.b = poe.socket.pair()
    HEAP.b:write "x"
    KERNEL:select_read(HEAP.a, "rd")
  end,
  rd = function(handle) print "R:rd" KERNEL:select_read(handle) end,
  _stop = function() print "R:_stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() yield "q" end,
  q = function() print "Q:q" end,
} }
KERNEL:run()
