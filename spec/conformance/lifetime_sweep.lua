-- R62: sessions are collected at the end of the slice, not between its events
local poe = require "poe"

local a, b
local stopped = {}
b = poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "b" KERNEL:refcount_increment(SESSION:ID(), "hold") end,
  e = function()
    print "B:e"
    KERNEL:refcount_decrement(SESSION:ID(), "hold")
    KERNEL:alias_remove "b"
  end,
  e2 = function() return true end,
  _stop = function() stopped[#stopped + 1] = "B" end,
} }
a = poe.Session.create { inline_states = {
  _start = function() KERNEL:refcount_increment(SESSION:ID(), "hold") end,
  e = function()
    print("A:e, B resolves: " .. (KERNEL:ID_id_to_session(b:ID()) and "yes" or "no"))
    print("B can be called: " .. (call(b, "e2") and "yes" or "no"))
    KERNEL:refcount_decrement(SESSION:ID(), "hold")
    KERNEL:delay("late", 0.02)
  end,
  late = function() print("A:late, B resolves: " .. (KERNEL:ID_id_to_session(b:ID()) and "yes" or "no")) end,
  _stop = function() stopped[#stopped + 1] = "A" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("go", 0.01) end,
  go = function() post(b, "e") post(a, "e") print "go" end,
  _stop = function() stopped[#stopped + 1] = "D" end,
} }
KERNEL:run()
table.sort(stopped)
print("stopped: " .. table.concat(stopped, " "))
