-- R155 R157 R222: who detaches before the DIE comes is told as the tree stands then
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
for _, case in ipairs { "child detaches", "parent detaches it", "its child detaches in DIE" } do
  print("-- " .. case)
  local function create(heap, states)
    function states.died()
      print(heap .. " DIE")
      if case:find "in DIE" and heap == "G" then KERNEL:detach_myself() end
      if heap == "P" then KERNEL:sig_handled() end
    end
    function states._child(reason, child)
      if reason ~= "create" then print(heap .. " " .. reason .. " " .. name(child)) end
    end
    function states._parent(_, new) print(heap .. " parent " .. name(new)) end
    function states._stop() print(heap .. " stop") end
    states["end"] = function() print(heap .. " end") end
    poe.Session.create { heap = heap, inline_states = states }
  end
  create("P", {
    _start = function()
      KERNEL:sig("DIE", "died")
      KERNEL:delay("end", 0.1)
      create("C", {
        _start = function()
          KERNEL:alias_set "C"
          KERNEL:sig("DIE", "died")
          yield "boom"
          yield "off"
          KERNEL:delay("end", 0.05)
          create("G", { _start = function() KERNEL:sig("DIE", "died") KERNEL:delay("end", 0.2) end })
        end,
        boom = function() print "boom" error("bang", 0) end,
        off = function() if case == "child detaches" then KERNEL:detach_myself() end end,
      })
      yield "off"
    end,
    off = function() if case == "parent detaches it" then KERNEL:detach_child "C" end end,
  })
  local ok, message = pcall(KERNEL.run, KERNEL)
  print(ok and "fine" or "run: " .. message)
end
