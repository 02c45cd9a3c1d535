-- R93: a reference count anywhere keeps IDLE away
local poe = require "poe"

local id
poe.Session.create { inline_states = {
  _start = function()
    KERNEL:alias_set "a"
    id = SESSION:ID()
    KERNEL:sig("IDLE", "idle")
  end,
  idle = function() print "idle" end,
  _stop = function() print "a stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:refcount_increment(id, "t") KERNEL:delay("x", 0.02) end,
  x = function() print "x" KERNEL:delay("y", 0.02) end,
  y = function() print "y" KERNEL:refcount_decrement(id, "t") end,
} }
KERNEL:run()
