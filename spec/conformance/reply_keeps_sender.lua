-- R58 R69: a sender lives until its message is handled, so that it can be answered
local poe = require "poe"

local y = poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("end", 0.02) end,
  e = function() print "y e" post(SENDER, "reply") end,
  ["end"] = function() print "y end" end,
} }
poe.Session.create { inline_states = {
  _start = function() yield "x" end,
  x = function() print "x x" post(y, "e") end,
  reply = function() print "x reply" end,
  _stop = function() print "x stop" end,
} }
KERNEL:run()
