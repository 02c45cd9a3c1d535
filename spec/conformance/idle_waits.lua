-- R85: IDLE waits for events, timers and reference counts of whoever
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    KERNEL:alias_set "waits"
    KERNEL:sig("IDLE", "idle")
    KERNEL:sig("ZOMBIE", "zombie")
  end,
  idle = function() print "idle" KERNEL:sig_handled() end,
  zombie = function() print "zombie" end,
  _stop = function() print "waits stops" end,
} }
poe.Session.create { inline_states = {
  _start = function() yield("events", 3) end,
  events = function(n)
    print("event " .. n)
    if n > 1 then yield("events", n - 1) else KERNEL:delay("timer", 0.02) end
  end,
  timer = function()
    print "timer"
    local id = SESSION:ID()
    KERNEL:refcount_increment(id, "held")
    poe.Session.create { inline_states = {
      _start = function() KERNEL:delay("let", 0.02) end,
      let = function() print "let go" KERNEL:refcount_decrement(id, "held") end,
      _stop = function() print "other stops" end,
    } }
  end,
  _stop = function() print "worker stops" end,
} }
KERNEL:run()
print "done"
