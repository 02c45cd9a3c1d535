-- R111 R113: no timer is early; order of time first, order of setting among equals
local poe = require "poe"

local began
poe.Session.create { inline_states = {
  _start = function()
    began = poe.time()
    for _, delay in ipairs { 0.12, 0.04, 0.08, 0.02 } do KERNEL:delay_add("x", delay, tostring(delay)) end
    for _, which in ipairs { "first", "second", "third" } do KERNEL:delay_add("x", 0.06, "0.06 " .. which) end
    for n = 1, 2 do KERNEL:alarm_add("x", began + 0.1, "0.1 alarm " .. n) end
  end,
  x = function(what)
    local due, took = tonumber(what:match "^%S+"), poe.time() - began
    print(what .. " " .. (took < due and "early" or took > due + 0.5 and "late" or "in time"))
  end,
} }
KERNEL:run()
