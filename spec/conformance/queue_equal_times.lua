-- R32: timers with the same due time fire in the order they were set
local poe = require "poe"

local due = poe.time() + 0.03
local sessions = {}
for i, name in ipairs { "A", "B" } do
  sessions[i] = poe.Session.create { inline_states = {
    _start = function()
      for n = 1, 3 do KERNEL:alarm_add("t", due, n) end
    end,
    more = function() KERNEL:alarm_set("t", due, "more") end,
    t = function(n) print(name .. ":t " .. n) end,
  } }
end
call(sessions[2], "more")
call(sessions[1], "more")
KERNEL:run()
