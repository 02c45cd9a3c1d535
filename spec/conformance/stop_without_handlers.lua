-- R84: no _stop, _child or _parent is no error, the other side hears all the same
local poe = require "poe"

poe.Session.create { heap = "loud parent", inline_states = {
  _start = function()
    poe.Session.create { heap = "silent child", inline_states = { _start = function() return "begun" end } }
  end,
  _child = function(reason, child, value)
    print("parent: " .. reason .. " " .. child:get_heap() .. " " .. tostring(value))
  end,
  _stop = function() print "parent:_stop" end,
} }
poe.Session.create { heap = "silent parent", inline_states = {
  _start = function()
    poe.Session.create { heap = "loud child", inline_states = {
      _start = function() print "child:_start" KERNEL:delay("leave", 0.02) end,
      leave = function() print "child:leave" KERNEL:detach_myself() end,
      _parent = function(old, new)
        print("child:_parent " .. old:get_heap() .. " -> " .. (new == KERNEL and "kernel" or "?"))
      end,
      _stop = function() print "child:_stop" end,
    } }
    poe.Session.create { heap = "another", inline_states = {
      _start = function() end,
      _stop = function() print "another:_stop" end,
    } }
  end,
} }
KERNEL:run()
