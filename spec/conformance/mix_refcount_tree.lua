-- R71 R80 R93 R199 R201 R202: counts held across a family, in _stop, in _child, below zero
local poe = require "poe"

local id = {}
local function inc(n, tag) return KERNEL:refcount_increment(id[n], tag) end
local function dec(n, tag) return KERNEL:refcount_decrement(id[n], tag) end
local function session(n, start)
  poe.Session.create { heap = n, inline_states = {
    _start = function() id[n] = SESSION:ID() if start then start() end end,
    go = function(f) print(n .. " go") f() end,
    _child = function(reason, child)
      if reason == "create" then return end
      print(n .. " lose " .. child:get_heap())
      local count = KERNEL:refcount_increment(child:ID(), "late")
      if n == "P" then print("late: " .. (count or "no")) end
    end,
    _stop = function() print(n .. " stop, count " .. inc(n, "own")) end,
  } }
end
session("P", function()
  inc("P", "a")
  inc("P", "a")
  session("C", function() print("by C: " .. inc("P", "c")) print(inc("C", "x")) end)
end)
session("N", function() print("below: " .. dec("N", "n") .. " " .. dec("N", "n") .. " " .. inc("N", "n")) end)
local function there(n) return KERNEL:ID_id_to_session(id[n]) and "there" or "gone" end
poe.Session.create { heap = "D", inline_states = {
  _start = function() KERNEL:delay("one", 0.02) end,
  one = function()
    print "one"
    print(dec("P", "a"))
    print(dec("P", "a"))
    KERNEL:delay("two", 0.02)
  end,
  two = function()
    print "two"
    print(dec("C", "x"))
    post(id.C, "go", function() inc("C", "y") end)
    KERNEL:delay("three", 0.02)
  end,
  three = function() print "three" print(dec("C", "y")) KERNEL:delay("four", 0.02) end,
  four = function()
    print("four, C is " .. there "C")
    print(dec("P", "c"))
    KERNEL:delay("five", 0.02)
  end,
  five = function() print("five, P is " .. there "P") print(inc("P", "z") or "no") end,
  _stop = function() print "D stop" end,
} }
KERNEL:run()
