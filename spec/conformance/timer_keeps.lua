-- R61 R65: a timer keeps its session exactly until it fires
local poe = require "poe"

for n = 1, 3 do
  poe.Session.create { inline_states = {
    _start = function() KERNEL:delay("x", 0.02 * n) end,
    x = function() print(n .. " x") end,
    _stop = function() print(n .. " stop") end,
  } }
end
KERNEL:run()
