-- R225 R226: detaching in _child create; afterwards the child reports to nobody
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
poe.Session.create { heap = "P", inline_states = {
  _start = function()
    poe.Session.create { heap = "C", inline_states = {
      _start = function() print "C:_start" KERNEL:delay("last", 0.02) return "ready" end,
      _parent = function(old, new) print("C:_parent " .. name(old) .. " -> " .. name(new)) end,
      last = function() print "C:last" end,
      _stop = function() print "C:_stop" end,
    } }
    print "P:_start ends"
  end,
  _child = function(reason, child)
    print("P:_child " .. reason .. " " .. name(child) .. " begins")
    if reason == "create" then
      print("detached: " .. (KERNEL:detach_child(child) and "ok" or "refused"))
    end
    print("P:_child " .. reason .. " ends")
  end,
  _stop = function() print "P:_stop" end,
} }
KERNEL:run()
