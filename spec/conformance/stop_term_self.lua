-- R83: after TERM to oneself: the handler ends, what was queued before is delivered
local poe = require "poe"

local function echo() print(STATE) yield "d" end
poe.Session.create { inline_states = {
  _start = function()
    poe.Session.create { inline_states = {
      _start = function() yield "a" end,
      a = function()
        print "a begins"
        yield "b"
        KERNEL:delay("timer", 0.01)
        KERNEL:alarm("past", 1)
        KERNEL:signal(SESSION, "TERM")
        yield "c"
        print "a ends"
      end,
      b = echo, c = echo, d = echo, timer = echo, past = echo,
      _stop = function() print "_stop" return "stopped" end,
    } }
    KERNEL:delay("late", 0.03)
  end,
  _child = function(reason, _, value)
    if reason == "lose" then print("P:_child lose, value " .. value) end
  end,
  late = function() print "P:late" end,
} }
KERNEL:run()
