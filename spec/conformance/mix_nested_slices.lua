-- R231 R233 R9 R64: slices run by handlers, in _start, in a signal, with children and timers
local poe = require "poe"

local function slice(where)
  print(where .. " {")
  KERNEL:run_one_timeslice()
  print("} " .. where)
end
poe.Session.create { heap = "P", inline_states = {
  _start = function()
    KERNEL:sig("foo", "sig")
    yield "a"
    KERNEL:delay("t", 0.02)
    slice "_start"
    yield "b"
  end,
  a = function() print "a" yield "after a" end,
  ["after a"] = function() print "after a" end,
  b = function()
    print "b"
    KERNEL:signal(SESSION, "foo")
    yield "c"
    poe.Session.create { heap = "C", inline_states = {
      _start = function() print "C start" end,
      _stop = function() print "C stop" end,
    } }
    slice "b"
  end,
  sig = function() slice "sig" print "sig done" end,
  c = function() print "c" yield "d" end,
  d = function() print "d" end,
  t = function() print "t" KERNEL:alarm_set("t2", 1) slice "t" end,
  t2 = function() print "t2" end,
  _child = function(reason, child) print("P " .. reason .. " " .. child:get_heap()) end,
  _stop = function() print "P stop" end,
} }
KERNEL:run()
