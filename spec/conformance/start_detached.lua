-- R16: detaching in _start: no create, no lose for the parent
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    poe.Session.create { inline_states = {
      _start = function() print "c start" KERNEL:detach_myself() print "c detached" end,
      _parent = function(_, new) print("c parent " .. (new == KERNEL and "kernel" or "other")) end,
      _stop = function() print "c stop" end,
    } }
    print "p done"
  end,
  _child = function(reason) print("p child " .. reason) end,
} }
KERNEL:run()
