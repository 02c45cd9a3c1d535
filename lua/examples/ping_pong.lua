-- Two sessions play: each sends the ball back to whoever it came from.
local poe = require "poe"

local function player(sound)
  return {
    serve = function(other) post(other, "ball", 1) end,
    ball = function(n)
      print(sound .. " " .. n)
      if n < 6 then post(SENDER, "ball", n + 1) end
    end,
  }
end

local ping = poe.spawn(player "ping")
local pong = poe.spawn(player "pong")
post(ping, "serve", pong)

-- prints:
-- pong 1
-- ping 2
-- pong 3
-- ping 4
-- pong 5
-- ping 6
