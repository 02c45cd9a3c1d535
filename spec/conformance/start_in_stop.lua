-- R17: a session made inside _stop moves to the grandparent in silence
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    poe.Session.create { inline_states = {
      _start = function() end,
      _stop = function()
        print "c stop"
        poe.Session.create { inline_states = {
          _start = function() print "k start" yield "go" end,
          go = function() print "k go" end,
          _parent = function() print "k parent" end,
          _stop = function() print "k stop" end,
        } }
        return "r"
      end,
      _child = function(reason) print("c child " .. reason) end,
    } }
  end,
  _child = function(reason) print("p child " .. reason) end,
  _stop = function() print "p stop" end,
} }
KERNEL:run()
