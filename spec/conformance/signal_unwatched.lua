-- R115 R123: a terminal signal stops a tree that nobody in it watches; another kind does not
local poe = require "poe"

local function tree(name, ...)
  local below = { ... }
  poe.Session.create { heap = name, inline_states = {
    _start = function()
      KERNEL:alias_set(name)
      if #below == 0 then KERNEL:delay("end", 0.05) else tree(table.unpack(below)) end
    end,
    _child = function(reason, child) print(name .. " " .. reason .. " " .. child:get_heap()) end,
    ["end"] = function() print(name .. " end") end,
    _stop = function() print(name .. " stop") end,
  } }
end
tree("A", "B", "C")
tree("D", "E")
poe.Session.create { inline_states = {
  _start = function() yield "go" end,
  go = function()
    for _, signal in ipairs { "term", "USR1", "TSTP", "HUP" } do KERNEL:signal("A", signal) end
    KERNEL:signal("D", "STOP")
  end,
} }
KERNEL:run()
