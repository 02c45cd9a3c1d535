-- R33: a past alarm set inside a handler runs in the same slice, first
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() yield "x" end,
  x = function() print "A x" yield "y" KERNEL:alarm("past", poe.time() - 10) end,
  past = function() print "A past" end,
  y = function() print "A y" end,
} }
for _, n in ipairs { "B", "C" } do
  poe.Session.create { inline_states = {
    _start = function() yield "x" end,
    x = function() print(n .. " x") if n == "C" then yield "y" end end,
    y = function() print(n .. " y") end,
  } }
end
KERNEL:run()
