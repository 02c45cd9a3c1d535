-- R39: _start, _stop, _child and _parent can be posted and called as ordinary events
local poe = require "poe"

local a = poe.Session.create { inline_states = {
  _start = function(word)
    print("A:_start" .. (word and " " .. word or ""))
    if HEAP.started then return end
    HEAP.started = true
    yield("_start", "again")
    KERNEL:delay("end", 0.03)
  end,
  _parent = function(x, y) print("A:_parent " .. x .. " " .. y) end,
  _child = function(x, y, z) print("A:_child " .. x .. " " .. y .. " " .. z) end,
  _stop = function(word)
    print("A:_stop" .. (word and " " .. word or ""))
    return "value of _stop"
  end,
  ["end"] = function() print "A:end" end,
} }
poe.Session.create { inline_states = {
  _start = function()
    post(a, "_parent", "one", "two")
    post(a, "_child", "gain", 2, 3)
    post(a, "_stop", "posted")
    print("call returned " .. call(a, "_stop", "called"))
  end,
} }
KERNEL:run()
