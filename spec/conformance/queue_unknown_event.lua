-- R38: an event nobody handles is dropped, but kept both sessions alive until then
local poe = require "poe"

warn "@off"
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("first", 0.01) end,
  first = function() print "target:first" yield "unknown" end,
  _stop = function() print "target:_stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("tell", 0.03) end,
  tell = function()
    print "sender:tell"
    HEAP.other = poe.Session.create { inline_states = {
      _start = function() end,
      _stop = function() print "other:_stop" end,
    } }
    KERNEL:delay("again", 0.02)
    KERNEL:refcount_increment(HEAP.other:ID(), "test")
  end,
  again = function()
    post(HEAP.other, "unknown", 1, 2, 3)
    KERNEL:refcount_decrement(HEAP.other:ID(), "test")
    print "sender:again"
  end,
  _child = function(reason) print("sender:_child " .. reason) end,
  _stop = function() print "sender:_stop" end,
} }
KERNEL:run()
