-- R58 R69: a sender lives until its message is handled, and may be answered then
local poe = require "poe"

local y = poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("end", 0.05) end,
  e = function()
    print "Y:e"
    print("reply: " .. (post(SENDER, "reply", "hello") and "ok" or "refused"))
  end,
  silent = function() print "Y:silent" end,
  ["end"] = function() print "Y:end" end,
  _stop = function() print "Y:_stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("x", 0.01) end,
  x = function() print "X:x" post(y, "e") end,
  reply = function(word) print("X:reply " .. word) end,
  _stop = function() print "X:_stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("x", 0.03) end,
  x = function() print "Z:x" post(y, "silent") end,
  _stop = function() print "Z:_stop" end,
} }
KERNEL:run()
