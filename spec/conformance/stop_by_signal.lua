-- R78 R83 R126 R129: events before and after the signal that ends a session
local poe = require "poe"

local v = poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("end", 0.03) end,
  e = function(x) print("v got " .. x) end,
  ["end"] = function() end,
} }
poe.Session.create { inline_states = {
  _start = function() yield "a" end,
  a = function()
    yield "b"
    KERNEL:signal(SESSION, "TERM")
    yield "c"
    post(v, "e", "from s")
    print "a done"
  end,
  b = function() print "b" end,
  c = function() print "c" end,
  _stop = function() print "s stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() yield "a" end,
  a = function() post(v, "e", "from w") end,
} }
KERNEL:run()
