-- R71 R199 R200 R201 R202: reference counts
local poe = require "poe"

local a = poe.Session.create { inline_states = {
  _start = function()
    local id = SESSION:ID()
    local function inc(tag) return KERNEL:refcount_increment(id, tag) end
    local function dec(tag) return KERNEL:refcount_decrement(id, tag) end
    print(table.concat({ inc "t", inc "t", inc "u", dec "t", dec "u", dec "v", inc "v" }, " "))
    print(select(3, KERNEL:refcount_increment(99999, "t")))
    KERNEL:alias_set "al"
    print(select(3, KERNEL:refcount_increment("al", "t")))
    KERNEL:alias_remove "al"
  end,
  _stop = function() print "A stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("x", 0.02) end,
  x = function() print("B x " .. KERNEL:refcount_decrement(a:ID(), "t")) KERNEL:delay("y", 0.02) end,
  y = function() print "B y" end,
  _stop = function() print "B stop" end,
} }
KERNEL:run()
