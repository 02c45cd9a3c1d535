-- R72 R218: each postback and callback keeps its session until it is given up
local poe = require "poe"

local held = {}
poe.Session.create { inline_states = {
  _start = function()
    held.postback = SESSION:postback "x"
    held.callback = SESSION:callback "x"
    held.second = SESSION:postback "x"
  end,
  x = function() print "A:x" end,
  _stop = function() print "A:_stop" end,
} }
local steps = { "postback", "callback", "second" }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("step", 0.01) end,
  step = function()
    local name = table.remove(steps, 1)
    if not name then return print "B: no more" end
    print("B gives up the " .. name)
    held[name]:release()
    if name == "postback" then held.second() end
    KERNEL:delay("step", 0.01)
  end,
} }
KERNEL:run()
