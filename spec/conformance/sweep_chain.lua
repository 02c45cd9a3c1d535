-- R64 R66: a chain ends from its leaf, parents right after their last child
local poe = require "poe"

local function mk(n, ...)
  local kids = { ... }
  poe.Session.create { inline_states = {
    _start = function() HEAP.n = n if #kids > 0 then mk(table.unpack(kids)) end end,
    _child = function(reason, child) print(n .. " " .. reason .. " " .. child:get_heap().n) end,
    _stop = function() print(n .. " stop") end,
  } }
end
mk("P", "C", "G")
KERNEL:run()
