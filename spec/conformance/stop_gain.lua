-- R74: _child gain and _parent when a parent ends before its child
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function session(own, states)
  local all = {
    _child = function(...)
      local reason, child, value = ...
      print(own .. ":_child " .. reason .. " " .. name(child) .. ", "
        .. (reason == "gain" and select("#", ...) or "value " .. tostring(value)))
    end,
    _parent = function(old, new) print(own .. ":_parent " .. name(old) .. " -> " .. name(new)) end,
    _stop = function() print(own .. ":_stop") return "value of " .. own end,
  }
  for event, handler in pairs(states) do all[event] = handler end
  poe.Session.create { heap = own, inline_states = all }
end
session("GP", { _start = function()
  session("P", { _start = function()
    session("S", { _start = function() KERNEL:delay("x", 5) end })
    session("C", {
      _start = function() yield "boom" end,
      boom = function() print "C:boom" error "bang" end,
    })
  end })
end })
local fine, message = pcall(KERNEL.run, KERNEL)
print("run " .. (fine and "returned" or tostring(message):find "bang" and "raised bang" or "raised"))
