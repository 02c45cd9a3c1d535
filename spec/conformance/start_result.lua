-- R5: _start's result reaches the parent, the first value only
local poe = require "poe"

for _, v in ipairs { {}, { "one" }, { "one", "two" } } do
  poe.Session.create { inline_states = {
    _start = function()
      poe.Session.create { inline_states = { _start = function() return table.unpack(v) end } }
    end,
    _child = function(reason, _, result) print(reason .. " " .. tostring(result)) end,
  } }
end
KERNEL:run()
