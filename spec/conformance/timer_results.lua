-- R97: a timer without a time: cleared, or refused where it would be added
local poe = require "poe"

local function tell(what, method, ...)
  print(what .. ": " .. (pcall(KERNEL[method], KERNEL, ...) and "ok" or "refused"))
end
poe.Session.create { inline_states = {
  _start = function()
    local soon = poe.time() + 0.01
    tell("alarm", "alarm", "x", soon)
    tell("alarm clears", "alarm", "x")
    tell("delay", "delay", "x", 0.01)
    tell("delay clears", "delay", "x")
    tell("clears nothing", "delay", "y")
    tell("alarm_add", "alarm_add", "x", soon)
    tell("alarm_add without a time", "alarm_add", "x")
    tell("delay_add", "delay_add", "x", 0.01)
    tell("delay_add without a time", "delay_add", "x")
    tell("alarm_set", "alarm_set", "x", soon)
    tell("alarm_set without a time", "alarm_set", "x")
    tell("delay_set", "delay_set", "x", 0.01)
    tell("delay_set without a time", "delay_set", "x")
    for _, method in ipairs { "alarm", "delay", "alarm_set", "delay_set" } do tell(method, method) end
  end,
  x = function() print "x" end,
} }
KERNEL:run()
