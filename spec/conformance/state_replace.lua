-- R204: a handler added or replaced at run time serves events already queued
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() yield "x" end,
  x = function() yield("r", 1) yield "chg" yield("r", 2) yield("new", 3) end,
  r = function(n) print("r(old) " .. n) end,
  chg = function()
    print "chg"
    KERNEL:state("r", function(n) print("r(new) " .. n .. ", state " .. STATE) yield "last" end)
    KERNEL:state("new", function(n) print("new " .. n .. ", state " .. STATE) end)
    call(SESSION, "new", "called at once")
  end,
  last = function()
    print "last"
    KERNEL:state("last", function() print "last again" end)
    yield "last"
  end,
} }
KERNEL:run()
