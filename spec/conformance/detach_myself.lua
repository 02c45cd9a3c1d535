-- R223 R228: detach_myself gives the same two events; a yield in _parent is an ordinary event
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function result(ok, _, code) return ok and "ok" or code end
poe.Session.create { heap = "P", inline_states = {
  _start = function()
    poe.Session.create { heap = "C", inline_states = {
      _start = function() yield "go" yield "queued" end,
      go = function()
        print "C:go"
        print("detached: " .. result(KERNEL:detach_myself()))
        print("again: " .. result(KERNEL:detach_myself()))
      end,
      queued = function() print "C:queued" end,
      _parent = function(old, new)
        print("C:_parent " .. name(old) .. " -> " .. name(new))
        yield "after"
        KERNEL:delay("timer", 0.02)
      end,
      after = function() print("C:after from " .. name(SENDER)) end,
      timer = function() print "C:timer" end,
      _stop = function() print "C:_stop" end,
    } }
  end,
  _child = function(reason, child) print("P:_child " .. reason .. " " .. name(child)) end,
  _stop = function() print "P:_stop" end,
} }
KERNEL:run()
