-- R5: what _start returns reaches the parent
local poe = require "poe"

local shared = { word = "shared" }
local values = { 17, "text", shared, nil }
poe.Session.create { inline_states = {
  _start = function()
    for i = 1, 4 do
      poe.Session.create { inline_states = {
        _start = function() return values[i] end,
        _stop = function() end,
      } }
    end
    poe.Session.create { inline_states = { _start = function() end, _stop = function() end } }
  end,
  _child = function(reason, _, result)
    if reason ~= "create" then return end
    local text = result == nil and "nothing"
      or type(result) == "table" and "table, the same: " .. (result == shared and "yes" or "no")
      or result
    print("create " .. text)
  end,
} }
KERNEL:run()
