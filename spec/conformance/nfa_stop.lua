-- R249 R253: a machine stops in its turn; its postbacks keep it, its callbacks do not
local poe = require "poe"

local machine = poe.NFA.spawn { inline_states = { one = {
  enter = function() yield "before" MACHINE:stop() yield "after" print "the rest" end,
  before = function() print "before" end,
  after = function() print "after" end,
} } }
machine:goto_state("one", "enter")
KERNEL:run()
for _, what in ipairs { "postback", "callback" } do
  local held
  local m = poe.NFA.spawn { inline_states = { one = {
    enter = function() held = MACHINE[what](MACHINE, "back", "made") end,
    back = function(made, called) print(what .. " back " .. made[1] .. " " .. called[1]) end,
  } } }
  m:goto_state("one", "enter")
  local id = m:ID()
  local function look() print(what .. ": " .. (KERNEL:ID_id_to_session(id) and "alive" or "gone")) end
  poe.Session.create { inline_states = {
    _start = function() KERNEL:delay("look", 0.05) end,
    look = function()
      look()
      if what == "postback" then
        held "called"
        held:release()
        KERNEL:delay("again", 0.05)
      end
    end,
    again = look,
  } }
  KERNEL:run()
end
