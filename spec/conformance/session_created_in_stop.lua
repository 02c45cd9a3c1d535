-- R17: a session made inside _stop is moved to the grandparent without a word
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function session(own, states)
  local all = {
    _start = function() print(own .. ":_start") end,
    _child = function(reason, child) print(own .. ":_child " .. reason .. " " .. name(child)) end,
    _parent = function(old, new) print(own .. ":_parent " .. name(old) .. " -> " .. name(new)) end,
    _stop = function() print(own .. ":_stop") end,
  }
  for event, handler in pairs(states) do all[event] = handler end
  return poe.Session.create { heap = own, inline_states = all }
end
session("G", { _start = function()
  session("P", { _stop = function()
    print "P:_stop"
    session("K", {
      _start = function() print "K:_start" KERNEL:delay("go", 0.02) end,
      go = function() print "K:go" end,
    })
    print "P:_stop ends"
  end })
end })
KERNEL:run()
