-- R7: the parent is the active session, not the one whose code called
local poe = require "poe"

local function session(name, states)
  local all = {
    _start = function()
      print(name .. ":_start from " .. (SENDER == KERNEL and "kernel" or SENDER:get_heap()))
    end,
    _child = function(reason, child) print(name .. ":_child " .. reason .. " " .. child:get_heap()) end,
  }
  for event, handler in pairs(states or {}) do all[event] = handler end
  return poe.Session.create { heap = name, inline_states = all }
end
local function helper(name) session(name) end -- code that any session may run
local s = session("S", { spawn = function(name) print "S:spawn" helper(name) print "S:spawn ends" end })
session("U", {
  _start = function() yield "go" end,
  go = function()
    call(s, "spawn", "N")
    helper "own"
    print "U:go ends"
  end,
})
KERNEL:run()
