-- R31: the queue is ordered by time; what is posted carries the present
local poe = require "poe"

local states = {}
for event in ("zero epoch1 past20 past past2 neg y1 d0 y2 y3 soon"):gmatch "%S+" do
  states[event] = function() print(event) end
end
function states._start()
  local now = poe.time()
  yield "y1"
  KERNEL:delay("d0", 0)
  yield "y2"
  KERNEL:delay("soon", 0.02)
  KERNEL:alarm("past", now - 10)
  KERNEL:alarm("past2", now - 10)
  KERNEL:alarm("past20", now - 20)
  KERNEL:delay("neg", -5)
  yield "y3"
  KERNEL:alarm("epoch1", 1)
  KERNEL:alarm("zero", 0)
end
poe.Session.create { inline_states = states }
KERNEL:run()
