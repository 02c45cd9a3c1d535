-- R208: _stop, _child and _parent can be replaced at run time
local poe = require "poe"

poe.Session.create { heap = "P", inline_states = {
  _start = function()
    poe.Session.create { heap = "C", inline_states = {
      _start = function() yield "change" end,
      change = function()
        KERNEL:state("_stop", function() print "C:_stop(new)" return "new value" end)
        KERNEL:state("_parent", function() print "C:_parent(new)" end)
        KERNEL:delay("leave", 0.02)
      end,
      leave = function() print "C:leave" end,
      _parent = function() print "C:_parent(old)" end,
      _stop = function() print "C:_stop(old)" return "old value" end,
    } }
    poe.Session.create { heap = "D", inline_states = {
      _start = function() KERNEL:delay("leave", 0.04) end,
      leave = function()
        KERNEL:state("_parent", function() print "D:_parent(new)" end)
        KERNEL:detach_myself()
      end,
      _parent = function() print "D:_parent(old)" end,
      _stop = function() print "D:_stop" end,
    } }
    KERNEL:state("_child", function(reason, child)
      print("P:_child(new) " .. reason .. " " .. child:get_heap())
    end)
    yield "remove"
  end,
  remove = function() KERNEL:state "_stop" end,
  _child = function(reason, child) print("P:_child(old) " .. reason .. " " .. child:get_heap()) end,
  _stop = function() print "P:_stop" end,
} }
KERNEL:run()
