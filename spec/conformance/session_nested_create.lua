-- R4 R6 R8: nested creation is announced inside out; no _parent
local poe = require "poe"

local function tree(name, ...)
  local rest = { ... }
  poe.Session.create { heap = name, inline_states = {
    _start = function()
      print(name .. ":_start")
      if #rest > 0 then tree(table.unpack(rest)) end
      print(name .. ":_start ends")
    end,
    _child = function(reason, child) print(name .. ":_child " .. reason .. " " .. child:get_heap()) end,
    _parent = function() print(name .. ":_parent") end,
    _stop = function() print(name .. ":_stop") end,
  } }
  print(name .. " created")
end
tree("P", "C", "G", "H")
KERNEL:run()
