-- R55 R77 R81: calling the child from _child, calling from _stop
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    KERNEL:alias_set "p"
    poe.Session.create { inline_states = {
      _start = function() end,
      name = function() return "child" end,
      ev = function() print "lost" end,
      _stop = function() print("c stop, parent says " .. call("p", "hello")) return "bye" end,
    } }
  end,
  hello = function() return "hello" end,
  _child = function(reason, child, result)
    print(reason .. " " .. call(child, "name") .. " " .. tostring(result))
    if reason == "lose" then print(post(child, "ev") and "posted" or "not posted") end
  end,
} }
KERNEL:run()
