-- R161 R162 R170 R231 R232: run_one_timeslice and run_while that raise, and what is left afterwards
local poe = require "poe"

local function session(n, how)
  poe.Session.create { inline_states = {
    _start = function()
      if how.lives then KERNEL:delay("end", 0.05) end
      if how.dies then yield "boom" end
      yield "x"
    end,
    boom = function() print(n .. " boom") error(n .. " bang", 0) end,
    x = function() print(n .. " x") end,
    ["end"] = function() print(n .. " end") end,
    _stop = function() print(n .. " stop") end,
  } }
end
session("A", { dies = true }) session("B", { lives = true })
for n = 1, 4 do
  local ok, r = pcall(KERNEL.run_one_timeslice, KERNEL)
  print(("slice %d: %s"):format(n, not ok and "raised " .. r or r and "more" or "end"))
  if ok and not r then break end
end
print "-- while"
session("C", { dies = true }) session("D", { lives = true })
local function while_true()
  local ok, message = pcall(KERNEL.run_while, KERNEL, function() return true end)
  print(ok and "fine" or "raised " .. message)
end
while_true()
session("E", { lives = true })
while_true()
print "-- stop in between"
session("F", { lives = true })
KERNEL:run_one_timeslice()
KERNEL:stop()
print "stopped"
session("G", { lives = true })
KERNEL:run()
