-- R31 R32 R109: the queue is ordered by time
local poe = require "poe"

local states = {
  _start = function()
    local now = poe.time()
    yield "y1"
    KERNEL:delay("d0", 0)
    yield "y2"
    KERNEL:alarm("past", now - 10)
    KERNEL:alarm("past2", now - 10)
    KERNEL:alarm("past20", now - 20)
    KERNEL:delay("neg", -5)
    yield "y3"
    KERNEL:alarm("epoch1", 1)
    KERNEL:alarm("zero", 0)
    KERNEL:alarm("now", poe.time())
    yield "y4"
  end,
}
for n in ("y1 d0 y2 past past2 past20 neg y3 epoch1 zero now y4"):gmatch "%S+" do
  states[n] = function() print(n) end
end
poe.Session.create { inline_states = states }
KERNEL:run()
