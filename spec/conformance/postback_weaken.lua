-- R219: a weakened postback keeps nobody, still works, and fails once the session has gone
local poe = require "poe"

local postback
local function result(word)
  local _, _, code = postback(word)
  print(word .. ": " .. (code or "ok"))
end
poe.Session.create { inline_states = {
  _start = function()
    local made = SESSION:postback("back", "made")
    postback = made:weaken()
    print(made == postback and "the same" or "another")
    KERNEL:delay("x", 0.05)
  end,
  back = function(made, called) print("back " .. made[1] .. " " .. called[1]) end,
  x = function() print "x" end,
  _stop = function() print "_stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("early", 0.02) KERNEL:delay("late", 0.1) end,
  early = function() result "early" end,
  late = function() result "late" end,
} }
KERNEL:run()
