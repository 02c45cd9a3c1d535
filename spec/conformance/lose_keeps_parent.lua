-- R67 R68: posting to a marked session, or from _child lose, keeps it alive
local poe = require "poe"

local a = poe.Session.create { inline_states = {
  _start = function() yield "x" end,
  x = function() print "A x" end,
  again = function() print "A again" end,
  _stop = function() print "A stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() yield "x" end,
  x = function() print "B x" post(a, "again") end,
  _stop = function() print "B stop" end,
} }
KERNEL:run()
poe.Session.create { inline_states = {
  _start = function()
    poe.Session.create { inline_states = { _start = function() end, _stop = function() print "C stop" end } }
  end,
  _child = function(reason) print("P " .. reason) if reason == "lose" then yield "after" end end,
  after = function() print "P after" end,
  _stop = function() print "P stop" end,
} }
KERNEL:run()
