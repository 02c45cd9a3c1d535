-- R67: posting to a session that has nothing left in this slice keeps it alive
local poe = require "poe"

local a
local stopped = {}
a = poe.Session.create { inline_states = {
  _start = function() KERNEL:refcount_increment(SESSION:ID(), "hold") end,
  x = function() print "A:x, nothing left" KERNEL:refcount_decrement(SESSION:ID(), "hold") end,
  again = function() print("A:again, stopped so far: " .. #stopped) end,
  more = function() print "A:more" end,
  _stop = function() stopped[#stopped + 1] = "A" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "b" end,
  x = function()
    print "B:x"
    post(a, "again")
    KERNEL:alias_remove "b"
  end,
  _stop = function() stopped[#stopped + 1] = "B" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("go", 0.02) end,
  go = function() post(a, "x") post("b", "x") end,
} }
KERNEL:run()
table.sort(stopped)
print("stopped: " .. table.concat(stopped, " "))
