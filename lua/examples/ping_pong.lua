-- Two sessions play: each answers whoever posted, by SENDER.
local poe = require "poe"

local function player(name, sound)
  return poe.Session.create { inline_states = {
    _start = function() KERNEL:alias_set(name) end,
    ball   = function(rally)
      print(name .. ": " .. sound .. " " .. rally)
      if rally < 6 then
        post(SENDER, "ball", rally + 1)
      else
        print(name .. ": out!")
      end
    end,
    _stop  = function() print(name .. " leaves") end,
  } }
end

player("Ada", "ping")
poe.spawn {
  _start = function() KERNEL:alias_set "Bob" post("Ada", "ball", 1) end,
  ball   = function(rally)
    print("Bob: pong " .. rally)
    post(SENDER, "ball", rally + 1)
  end,
  _stop  = function() print "Bob leaves" end,
}

-- prints:
-- Ada: ping 1
-- Bob: pong 2
-- Ada: ping 3
-- Bob: pong 4
-- Ada: ping 5
-- Bob: pong 6
-- Ada: ping 7
-- Ada: out!
-- Ada leaves
-- Bob leaves
