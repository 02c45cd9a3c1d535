-- R235 R236 R237 R240: stop ends everybody at once
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.n = "P"
    poe.Session.create { inline_states = {
      _start = function() HEAP.n = "C" KERNEL:delay("z", 9) end,
      _stop = function() print "C stop" end,
    } }
    yield "go"
    yield "gone"
  end,
  go = function()
    print "go"
    local id = SESSION:ID()
    KERNEL:stop()
    print("after stop, kernel active: " .. (KERNEL:get_active_session() == KERNEL and 1 or 0))
    print(post(id, "x") and "?" or "post fails")
    poe.Session.create { inline_states = {
      _start = function() print "N start" yield "n" end,
      n = function() print "N n" end,
      _stop = function() print "N stop" end,
    } }
  end,
  gone = function() print "gone?" end,
  _child = function(reason, child) print("P " .. reason .. " " .. child:get_heap().n) end,
  _stop = function() print("P stop " .. (SENDER == SESSION and "by itself" or "?")) end,
} }
KERNEL:run()
print "done"
