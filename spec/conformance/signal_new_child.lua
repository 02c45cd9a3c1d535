-- R126 R128: a child made in the handler is not touched; events made there are lost
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() KERNEL:sig("TERM", "term") KERNEL:signal(SESSION, "TERM") end,
  term = function()
    print "A term"
    yield "lost"
    poe.Session.create { inline_states = {
      _start = function() print "N start" KERNEL:delay("x", 0.02) end,
      x = function() print "N x" end,
      _parent = function(_, new) print("N parent " .. (new == KERNEL and "kernel" or "?")) end,
    } }
  end,
  lost = function() print "lost?" end,
  _child = function(reason) print("A " .. reason) end,
  _stop = function() print "A stop" end,
} }
KERNEL:run()
