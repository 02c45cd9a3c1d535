-- R33: a past alarm set in a handler runs in the same slice, ahead of what is queued
local poe = require "poe"

local session = {}
for _, name in ipairs { "A", "B", "C" } do
  session[name] = poe.Session.create { inline_states = {
    x = function()
      print(name .. ":x")
      if name ~= "B" then
        yield "y"
        KERNEL:alarm("past", poe.time() - 60)
        KERNEL:delay("neg", -90)
      end
    end,
    y = function() print(name .. ":y") end,
    past = function() print(name .. ":past") end,
    neg = function() print(name .. ":neg") end,
  } }
end
for _, name in ipairs { "A", "B", "C" } do post(session[name], "x") end
KERNEL:run()
