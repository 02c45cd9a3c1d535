-- R67: posting to a session that has nothing left in this slice keeps it alive
local poe = require "poe"

local a
local stopped = {}
a = poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("x", 0.02) end,
  x = function() print "A:x, nothing left" call("b", "x") end,
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
KERNEL:run()
table.sort(stopped)
print("stopped: " .. table.concat(stopped, " "))
