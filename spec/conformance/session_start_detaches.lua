-- R16: detaching in _start: _parent at once, and P hears of neither create nor lose
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
poe.Session.create { heap = "P", inline_states = {
  _start = function()
    print "P:_start"
    poe.Session.create { heap = "C", inline_states = {
      _start = function()
        print "C:_start"
        print("C:detached " .. (KERNEL:detach_myself() and "ok" or "refused"))
        yield "more"
      end,
      more = function() print "C:more" end,
      _parent = function(old, new) print("C:_parent " .. name(old) .. " -> " .. name(new)) end,
      _stop = function() print "C:_stop" end,
    } }
    print "P:_start ends"
    KERNEL:delay("late", 0.03)
  end,
  late = function() print "P:late" end,
  _child = function(reason) print("P:_child " .. reason) end,
  _stop = function() print "P:_stop" end,
} }
KERNEL:run()
