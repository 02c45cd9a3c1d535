-- R11: no handler may be called _signal
local poe = require "poe"

for _, event in ipairs { "_signal", "signal", "_other" } do
  local ok = pcall(poe.Session.create, { inline_states = {
    _start = function() print "started" end,
    [event] = function() end,
  } })
  print(event .. ": " .. (ok and "accepted" or "refused"))
end
KERNEL:run()
