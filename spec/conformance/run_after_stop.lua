-- R236: sessions made after stop() live normally, as children of the kernel
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
poe.Session.create { heap = "A", inline_states = {
  _start = function() KERNEL:alias_set "name" yield "go" yield "lost" end,
  go = function()
    print "A:go"
    KERNEL:stop()
    poe.Session.create { heap = "B", inline_states = {
      _start = function()
        print("B:_start from " .. name(SENDER))
        print("the alias is free: " .. (KERNEL:alias_set "name" and "yes" or "no"))
        yield "work"
      end,
      work = function() print "B:work" KERNEL:delay("more", 0.02) end,
      more = function()
        print "B:more"
        local ok, _, code = KERNEL:detach_myself()
        print("detaches: " .. (ok and "ok" or code))
      end,
      _stop = function() print "B:_stop" end,
    } }
    print "A:go ends"
  end,
  lost = function() print "A:lost" end,
  _child = function() print "A:_child" end,
  _stop = function() print "A:_stop" end,
} }
KERNEL:run()
print "run returned"
poe.Session.create { heap = "C", inline_states = {
  _start = function() yield "x" end,
  x = function() print "C:x" end,
} }
KERNEL:run()
