-- R220 R221: a postback called by the program, and one of a stopped session
local poe = require "poe"

local postback
local a = poe.Session.create { inline_states = {
  _start = function() postback = SESSION:postback("e", "made") end,
  e = function(_, called)
    print("A:e " .. called[1] .. " from " .. (SENDER == KERNEL and "kernel" or SENDER:get_heap()))
  end,
  _stop = function() print "A:_stop" postback "in _stop" end,
} }
local id = a:ID()
local function result(ok, _, code) return ok and "ok" or code end
poe.Session.create { heap = "B", inline_states = {
  _start = function() KERNEL:delay("use", 0.01) end,
  use = function() postback "while it lives" KERNEL:delay("kill", 0.01) end,
  kill = function()
    KERNEL:signal(id, "TERM")
    postback "behind the signal"
    KERNEL:delay("late", 0.01)
  end,
  late = function() print("B: " .. result(postback "too late")) end,
} }
postback "of the program"
KERNEL:run()
print("after run: " .. result(postback "after run"))
