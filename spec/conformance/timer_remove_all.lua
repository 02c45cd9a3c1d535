-- R107 R114: alarm_remove_all in due order; timers carry CALLER_STATE
local poe = require "poe"

local states = {
  _start = function()
    KERNEL:alarm_set("c", 2000000003, 3)
    KERNEL:alarm_set("a", 2000000001, 1, "x")
    KERNEL:delay("d", 1)
    KERNEL:alarm("b", 2000000002, 2)
    yield "y"
    for _, timer in ipairs(KERNEL:alarm_remove_all()) do
      print(("%s %d %s"):format(timer[1], timer[2], table.concat(timer[3], " ")))
    end
    KERNEL:delay("t", 0.01)
  end,
  y = function() print "y" end,
  t = function() print("t set in " .. CALLER_STATE .. " by " .. (SENDER == SESSION and "self" or "other")) end,
}
for n in ("abcd"):gmatch "." do states[n] = function() print(n .. " fired") end end
poe.Session.create { inline_states = states }
KERNEL:run()
