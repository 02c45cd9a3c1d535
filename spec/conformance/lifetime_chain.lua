-- R64 R66: an idle chain ends from its leaf in one sweep
local poe = require "poe"

local function chain(name, ...)
  local rest = { ... }
  poe.Session.create { heap = name, inline_states = {
    _start = function()
      if #rest > 0 then chain(table.unpack(rest)) end
      if name == "C" then KERNEL:delay("last", 0.01) end
    end,
    last = function() print(name .. ":last") end,
    _child = function(reason, child) print(name .. ":_child " .. reason .. " " .. child:get_heap()) end,
    _stop = function() print(name .. ":_stop") end,
  } }
end
chain("GP", "P", "C", "G")
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("late", 0.04) end,
  late = function() print "late" end,
} }
KERNEL:run()
