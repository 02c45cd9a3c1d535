-- R61 R62 R63 R66 R67 R71 R72: sessions that lose their last reason in one slice, each by another way
local poe = require "poe"

local id, back, timer = {}, {}, nil
local function session(n, start)
  poe.Session.create { heap = n, inline_states = {
    _start = function() id[n] = SESSION:ID() start() end,
    ["do"] = function(f) print(n .. " do") if f then f() end end,
    x = function() print(n .. " x") end,
    _child = function(reason, child) if reason ~= "create" then print(n .. " " .. reason .. " " .. child:get_heap()) end end,
    _parent = function() print(n .. " parent") end,
    _stop = function() print(n .. " stop") end,
  } }
end
local function hold() KERNEL:refcount_increment(SESSION:ID(), "t") end
session("count", hold)
session("postback", function() back.p = SESSION:postback "x" end)
session("callback", function() back.c = SESSION:callback "x" end)
session("timer", function() timer = KERNEL:delay_set("x", 60) end)
session("alarms", function() KERNEL:delay("x", 60) KERNEL:delay_add("x", 61) end)
session("parent", function() session("child", hold) end)
session("leaves", function() session("left", hold) end)
session("posts", function() KERNEL:delay("do", 0.02, function() post(id.keeper, "x") end) end)
session("keeper", function() KERNEL:delay("do", 0.1) end)
poe.Session.create { heap = "D", inline_states = {
  _start = function() KERNEL:delay("go", 0.03) end,
  go = function()
    print "go"
    KERNEL:refcount_decrement(id.child, "t")
    back.p:release()
    call(id.timer, "do", function() KERNEL:alarm_remove(timer) end)
    KERNEL:refcount_decrement(id.count, "t")
    call(id.leaves, "do", function() KERNEL:detach_child(id.left) end)
    call(id.alarms, "do", function() KERNEL:delay "x" end)
    back.c:release()
    post(id.timer, "x")
    KERNEL:delay("then", 0.02)
  end,
  ["then"] = function() print "then" KERNEL:refcount_decrement(id.left, "t") end,
  _stop = function() print "D stop" end,
} }
KERNEL:run()
