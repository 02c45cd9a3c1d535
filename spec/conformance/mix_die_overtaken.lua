-- R78 R129 R152 R157: a session that failed is stopped before its DIE comes
local poe = require "poe"

for _, case in ipairs { "TERM before", "TERM after", "parent's TERM before", "twice", "twice, first handled", "in the last handler" } do
  print("-- " .. case)
  local n = 0
  poe.Session.create { heap = "P", inline_states = {
    _start = function()
      KERNEL:alias_set "P"
      KERNEL:sig("DIE", "died")
      KERNEL:delay("end", 0.05)
      poe.Session.create { heap = "C", inline_states = {
        _start = function()
          KERNEL:sig("DIE", "died")
          KERNEL:sig("TERM", "term")
          if not case:find "last" then KERNEL:delay("end", 60) end
          if case == "TERM before" then KERNEL:signal(SESSION, "TERM") end
          if case:find "parent" then KERNEL:signal("P", "TERM") end
          yield("boom", 1)
          if case:find "twice" then yield("boom", 2) end
          yield "late"
        end,
        boom = function(which)
          print("boom " .. which)
          if case == "TERM after" then KERNEL:signal(SESSION, "TERM") end
          error("bang " .. which, 0)
        end,
        late = function() print "late" end,
        ["end"] = function() end,
        term = function() print "C TERM" end,
        died = function(_, info)
          print("C DIE " .. info.error_str)
          n = n + 1
          if case:find "first" and n == 1 then KERNEL:sig_handled() end
        end,
        _stop = function() print "C stop" end,
      } }
    end,
    died = function(_, info) print("P DIE " .. info.error_str) end,
    ["end"] = function() print "P end" KERNEL:alias_remove "P" end,
    _child = function(reason) print("P " .. reason) end,
    _stop = function() print "P stop" end,
  } }
  local ok, message = pcall(KERNEL.run, KERNEL)
  print(ok and "fine" or "run: " .. message)
end
