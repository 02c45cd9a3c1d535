-- R68: a yield, a timer or a new child in _child lose keeps the parent alive
local poe = require "poe"

local round = 0
local function child(name)
  poe.Session.create { heap = name, inline_states = {
    _start = function() end,
    _stop = function() print(name .. ":_stop") end,
  } }
end
poe.Session.create { inline_states = {
  _start = function() child "C1" end,
  _child = function(reason, session)
    print("P:_child " .. reason .. " " .. session:get_heap())
    if reason ~= "lose" then return end
    round = round + 1
    if round == 1 then yield "after" end
    if round == 2 then KERNEL:delay("timer", 0.02) end
    if round == 3 then child "C4" end
  end,
  after = function() print "P:after" child "C2" end,
  timer = function() print "P:timer" child "C3" end,
  _stop = function() print "P:_stop" end,
} }
KERNEL:run()
