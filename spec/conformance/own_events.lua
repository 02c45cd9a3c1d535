-- R39 R84: posting _start, _parent, _stop only runs the handler
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    print "start"
    HEAP.n = (HEAP.n or 0) + 1
    if HEAP.n > 1 then return end
    yield "_start"
    post(SESSION, "_parent")
    yield "after"
  end,
  _stop = function() print "stop" end,
  _parent = function() print "parent" end,
  after = function() call(SESSION, "_stop") print "after" end,
} }
poe.Session.create { inline_states = {
  _start = function() poe.Session.create { inline_states = { _start = function() end } } end,
} }
KERNEL:run()
