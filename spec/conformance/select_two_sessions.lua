-- R182: two sessions may watch one descriptor
local poe = require "poe"

local a, b = poe.socket.pair()
b:write "x"
for n = 1, 2 do
  poe.Session.create { inline_states = {
    _start = function() KERNEL:select_read(a, "rd", n) yield "event" end,
    rd = function(_, _, extra)
      print "ready"
      KERNEL:select_read(a)
      if extra ~= n then print "wrong extra" end
    end,
    event = function() print "event" end,
  } }
end
KERNEL:run()
