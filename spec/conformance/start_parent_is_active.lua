-- R7: the parent is the active session, not the one whose code called
local poe = require "poe"

local s
s = poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "s" end,
  spawn = function()
    poe.Session.create { inline_states = {
      _start = function() print("new start, sender is s: " .. (SENDER == s and 1 or 0)) end,
    } }
  end,
  _child = function(reason) print("s child " .. reason) end,
} }
poe.Session.create { inline_states = {
  _start = function() call("s", "spawn") print "called" end,
  _child = function() print "u child" end,
} }
KERNEL:run()
