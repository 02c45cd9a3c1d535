-- R87 R88 R90 R95: IDLE, ZOMBIE, and what keeps life going
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    KERNEL:alias_set "s"
    KERNEL:sig("IDLE", "idle")
    KERNEL:sig("ZOMBIE", "zombie")
  end,
  idle = function(name)
    print("idle " .. name)
    KERNEL:sig_handled()
    HEAP.n = (HEAP.n or 0) + 1
    if HEAP.n <= 2 then yield "work" end
  end,
  work = function() print "work" end,
  zombie = function() print "zombie" KERNEL:sig_handled() yield "work" end,
  _stop = function() print "stop" end,
} }
KERNEL:run()
print "done"
