-- R250 R251: what a machine dies of
local poe = require "poe"

for _, what in ipairs { "unknown", "badstate", "badenter", "empty" } do
  local m = poe.NFA.spawn { inline_states = { one = {
    enter = function() yield "go" end,
    go = function()
      print(what)
      if what == "unknown" then yield "nobody"
      elseif what == "badstate" then MACHINE:goto_state("none", "x")
      elseif what == "badenter" then MACHINE:goto_state("one", "none")
      else MACHINE:return_state() end
    end,
  } } }
  m:goto_state("one", "enter")
  print(pcall(KERNEL.run, KERNEL) and "fine" or "died")
end
local early = poe.NFA.spawn { inline_states = { one = { e = function() print "?" end } } }
post(early, "e")
print(pcall(KERNEL.run, KERNEL) and "fine" or "died")
