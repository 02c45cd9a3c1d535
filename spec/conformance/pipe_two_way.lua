-- R349: a two-way pipe: two handles, each for both ways
local poe = require "poe"

local a, b = poe.socket.pair()
poe.Session.create { inline_states = {
  _start = function()
    KERNEL:select_read(a, "a")
    KERNEL:select_read(b, "b")
    a:write "ping"
  end,
  a = function()
    print("a got " .. a:read(100))
    KERNEL:select_read(a)
    KERNEL:select_read(b)
  end,
  b = function() print("b got " .. b:read(100)) b:write "pong" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
