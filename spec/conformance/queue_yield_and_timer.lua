-- R36: an endless chain of yields starves no timer, nor another session
local poe = require "poe"

local chain = poe.Session.create { heap = { n = 0 }, inline_states = {
  _start = function() yield "chain" end,
  chain = function()
    HEAP.n = HEAP.n + 1
    if not HEAP.done then yield "chain" end
  end,
  done = function()
    print("told to end after many: " .. (HEAP.n > 10 and "yes" or "no"))
    HEAP.done = true
  end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("timer", 0.02) yield("count", 1) end,
  count = function(n)
    print("count " .. n)
    if n < 3 then yield("count", n + 1) end
  end,
  timer = function() print "timer" post(chain, "done") end,
} }
KERNEL:run()
print "run returned"
