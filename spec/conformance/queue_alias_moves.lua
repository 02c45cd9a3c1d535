-- R23: an alias is resolved when posting, also for timers and calls between
local poe = require "poe"

local a, b
local function states(name, go)
  return {
    _start = function() if go then yield "go" end end,
    take = function() print(name .. " takes it") KERNEL:alias_set "x" end,
    give = function() print(name .. " gives it up") KERNEL:alias_remove "x" end,
    e = function(n) print(name .. ":e " .. n) end,
    go = go,
  }
end
a = poe.Session.create { inline_states = states("A", function()
  call(a, "take")
  post("x", "e", 1)
  call(a, "give")
  call(b, "take")
  post("x", "e", 2)
  call("x", "e", 3)
  call(b, "give")
  print("now it is " .. (post("x", "e", 4) and "somebody's" or "nobody's"))
  call(a, "take")
end) }
b = poe.Session.create { inline_states = states "B" }
KERNEL:run()
