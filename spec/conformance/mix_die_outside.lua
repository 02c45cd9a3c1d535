-- R54 R152 R157 R161: errors in calls of the program, before and between runs
local poe = require "poe"

local function session(n, saves)
  poe.Session.create { inline_states = {
    _start = function()
      KERNEL:alias_set(n)
      KERNEL:sig("DIE", "died")
      KERNEL:delay("end", 0.05)
    end,
    boom = function() print(n .. " boom") error(n .. " boom", 0) end,
    died = function(_, info)
      print(n .. " DIE " .. info.event .. " " .. (info.source_session == KERNEL and "kernel" or "?") .. " "
        .. (SENDER == KERNEL and "kernel" or "?"))
      if saves then KERNEL:sig_handled() end
    end,
    ["end"] = function() print(n .. " end") KERNEL:alias_remove(n) end,
    _stop = function() print(n .. " stop") end,
  } }
end
local function run()
  local ok, message = pcall(KERNEL.run, KERNEL)
  print(ok and "fine" or "run: " .. message)
end
session("A", true)
print("call: " .. tostring((call("A", "boom"))))
run()
session("B", false) session("C", true)
call("B", "boom")
print "called"
run()
session("D", false)
run()
