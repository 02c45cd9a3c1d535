-- R74 R75 R79 R127: the end of a session with children
local poe = require "poe"

local function kid(n)
  poe.Session.create { inline_states = {
    _start = function() HEAP.n = n KERNEL:delay("x", 0.03) end,
    x = function() print(n .. " x") end,
    _parent = function() print(n .. " parent") end,
    _stop = function() print(n .. " stop") return "r" .. n end,
  } }
end
poe.Session.create { inline_states = {
  _start = function() HEAP.n = "M" kid "M1" yield "end" end,
  ["end"] = function()
    KERNEL:detach_child(0)
    KERNEL:signal(SESSION, "KILL")
    print "M signalled"
  end,
  _child = function(reason, child, result)
    if reason ~= "create" then print("M child " .. reason .. " " .. child:get_heap().n .. " " .. tostring(result)) end
  end,
  _stop = function() print "M stop" end,
} }
KERNEL:run()
