-- R87 R88 R140 R157: errors in the handlers of IDLE and ZOMBIE
local poe = require "poe"

for _, where in ipairs { "idle", "idle saved", "zombie", "zombie saved" } do
  print("-- " .. where)
  poe.Session.create { inline_states = {
    _start = function()
      KERNEL:alias_set "a"
      KERNEL:sig("IDLE", "idle")
      KERNEL:sig("ZOMBIE", "zombie")
      KERNEL:sig("DIE", "died")
    end,
    idle = function()
      HEAP.n = (HEAP.n or 0) + 1
      print("idle " .. HEAP.n)
      if where:find "zombie" then KERNEL:sig_handled() end
      if where:find "idle" and HEAP.n == 1 then error("in idle", 0) end
    end,
    zombie = function() print "zombie" if where:find "zombie" then error("in zombie", 0) end end,
    died = function(_, info)
      print("DIE " .. info.event)
      if where:find "saved" then KERNEL:sig_handled() end
    end,
    _stop = function() print "stop" end,
  } }
  local ok, message = pcall(KERNEL.run, KERNEL)
  print(ok and "fine" or "run: " .. message)
end
