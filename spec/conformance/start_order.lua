-- R1 R2 R3 R4 R6 R8: _start runs inside create, _child create follows it, inside out
local poe = require "poe"

local function mk(n, ...)
  local kids = { ... }
  return poe.Session.create { inline_states = {
    _start = function()
      print(n .. " start begin " .. (SENDER == KERNEL and "kernel" or "session") .. " " .. (CALLER_STATE and "state" or "none"))
      HEAP.n = n
      if #kids > 0 then mk(table.unpack(kids)) end
      print(n .. " start end")
    end,
    _child = function(reason, child)
      print(n .. " child " .. reason .. " " .. child:get_heap().n)
      print("  by " .. (SENDER == KERNEL and "kernel" or "session"))
    end,
    _parent = function() print(n .. " parent") end,
    _stop = function() print(n .. " stop") end,
  } }
end
mk("P", "C", "G")
print "created"
KERNEL:run()
print "done"
