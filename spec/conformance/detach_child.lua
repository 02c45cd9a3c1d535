-- R222 R226: detach_child: _child lose, then _parent, then the call returns
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function session(own, states)
  local all = {
    _start = function() end,
    _child = function(reason, child, value)
      print(own .. ":_child " .. reason .. " " .. name(child) .. " " .. tostring(value))
    end,
    _parent = function(old, new) print(own .. ":_parent " .. name(old) .. " -> " .. name(new)) end,
    _stop = function() print(own .. ":_stop") return "value of " .. own end,
  }
  for event, handler in pairs(states) do all[event] = handler end
  return poe.Session.create { heap = own, inline_states = all }
end
session("GP", { _start = function()
  session("P", {
    _start = function()
      local c = session("C", {
        _start = function()
          session("G", { _start = function() KERNEL:delay("x", 0.02) end, x = function() print "G:x" end })
          KERNEL:delay("x", 0.05)
        end,
        x = function() print "C:x" end,
      })
      yield("go", c)
    end,
    go = function(c)
      print "P:go"
      print("detached: " .. (KERNEL:detach_child(c) and "ok" or "refused"))
    end,
  })
end })
KERNEL:run()
