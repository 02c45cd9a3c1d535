-- R199 R201: counts per tag; below zero they protect nobody until they reach one
local poe = require "poe"

local id = poe.Session.create { inline_states = {
  _start = function() KERNEL:refcount_increment(SESSION:ID(), "keep") end,
  _stop = function() print "A:_stop" end,
} }:ID()
local steps = {
  { "+", "one" }, { "+", "one" }, { "+", "two" }, { "-", "one" }, { "-", "two" }, { "-", "one" },
  { "-", "below" }, { "-", "below" }, { "+", "below" }, { "+", "below" }, { "-", "keep" },
}
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("step", 0.005) end,
  step = function()
    local step = table.remove(steps, 1)
    if not step then return end
    local sign, tag = step[1], step[2]
    local change = sign == "+" and KERNEL.refcount_increment or KERNEL.refcount_decrement
    print(sign .. " " .. tag .. ": " .. change(KERNEL, id, tag))
    KERNEL:delay("step", 0.005)
  end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:refcount_decrement(SESSION:ID(), "n") KERNEL:delay("last", 0.5) end,
  last = function() print("N back to " .. KERNEL:refcount_increment(SESSION:ID(), "n")) end,
  _stop = function() print "N:_stop" end,
} }
KERNEL:run()
