-- R188: a session that drops its last watcher stops before the queue has its turn
local poe = require "poe"

local r = poe.Session.create { inline_states = {
  _start = function()
    HEAP.a, HEAP.b = poe.socket.pair()
    KERNEL:select_read(HEAP.a, "rd")
  end,
  go = function() HEAP.b:write "x" end,
  rd = function(handle) print "R:rd" KERNEL:select_read(handle) end,
  _stop = function() print "R:_stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("start", 0.02) end,
  start = function() call(r, "go") yield "q" end,
  q = function() print "Q:q" end,
  _stop = function() print "Q:_stop" end,
} }
KERNEL:run()
