-- R159: a sibling is outside the family that dies, but loses its parent and stops with the rest
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function create(heap, states)
  function states._child(reason, child)
    if reason ~= "create" then print(heap .. " " .. reason .. " " .. name(child)) end
  end
  function states._parent(old, new) print(heap .. " parent " .. name(old) .. " " .. name(new)) end
  function states._stop() print(heap .. " stop") end
  poe.Session.create { heap = heap, inline_states = states }
end
create("P", { _start = function()
  create("C", {
    _start = function() yield "boom" end,
    boom = function() print "boom" error("bang", 0) end,
  })
  create("S", {
    _start = function() KERNEL:sig("DIE", "died") KERNEL:delay("x", 60) end,
    died = function() print "S DIE" end,
    x = function() end,
  })
end })
local ok, message = pcall(KERNEL.run, KERNEL)
print(ok and "fine" or "run: " .. message)
