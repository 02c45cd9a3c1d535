-- R195: a dying session's aliases resolve in its _stop and in _child lose, not after
local poe = require "poe"

local function look(when) print(when .. ": " .. (KERNEL:alias_resolve "kid" and "resolves" or "gone")) end
poe.Session.create { inline_states = {
  _start = function()
    poe.Session.create { inline_states = {
      _start = function() KERNEL:alias_set "kid" KERNEL:sig("TERM", "term") end,
      term = function() look "in its TERM handler" end,
      ask = function() return "answer" end,
      _stop = function() look "in _stop" print("list: " .. table.concat(KERNEL:alias_list(), " ")) end,
    } }
    KERNEL:delay("kill", 0.01)
  end,
  kill = function() KERNEL:signal("kid", "TERM") look "signalled" end,
  _child = function(reason)
    if reason ~= "lose" then return end
    look "in _child lose"
    print("call: " .. call("kid", "ask"))
    yield "after"
  end,
  after = function()
    look "after"
    print("the name is free: " .. (KERNEL:alias_set "kid" and "yes" or "no"))
  end,
} }
KERNEL:run()
