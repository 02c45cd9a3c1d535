-- R189: the watcher dies with its session, the handle lives on
local poe = require "poe"

local a, b = poe.socket.pair()
local first = poe.Session.create { inline_states = {
  _start = function() KERNEL:select_read(a, "rd") end,
  rd = function() print "rd" a:read(10) end,
  _stop = function() print "first stopped" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("kill", 0.02) end,
  kill = function()
    KERNEL:signal(first, "KILL")
    KERNEL:delay("use", 0.02)
  end,
  use = function()
    b:write "to a"
    print(a:read(10))
    KERNEL:select_read(b, "answer")
    a:write "to b"
  end,
  answer = function()
    print(b:read(10))
    KERNEL:select_read(b)
  end,
} }
KERNEL:run()
