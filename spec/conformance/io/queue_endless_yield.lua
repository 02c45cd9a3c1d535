-- R36: an endless chain of yields starves neither timers nor handles
local poe = require "poe"

local chain = poe.Session.create { inline_states = {
  _start = function() yield "chain" end,
  chain = function() if not HEAP.done then yield "chain" end end,
  done = function() print "chain told to end" HEAP.done = true end,
} }
poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    KERNEL:select_read(a, "readable")
    KERNEL:delay("timer", 0.02)
  end,
  timer = function() print "timer" HEAP.b:close() end,
  readable = function(handle)
    print "readable"
    KERNEL:select_read(handle)
    post(chain, "done")
  end,
} }
KERNEL:run()
print "run returned"
