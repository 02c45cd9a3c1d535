-- R28: what a handler posts runs in the next slice, after the collection
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() yield "x" end,
  x = function() print "A x" yield "y" end,
  y = function() print "A y" end,
  _stop = function() print "A stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() yield "x" end,
  x = function() print "B x" end,
  _stop = function() print "B stop" end,
} }
KERNEL:run()
