-- R78: what a session sent is dropped with it when it is forced to stop
local poe = require "poe"

local v = poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("end", 0.4) end,
  e = function(text) print("V:e " .. text) end,
  ["end"] = function() print "V:end" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("go", 0.1) end,
  go = function()
    print "S:go"
    post(v, "e", "from S, before")
    KERNEL:signal(SESSION, "TERM")
    post(v, "e", "from S, after")
    call(v, "e", "called by S")
  end,
  _stop = function() print "S:_stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("go", 0.2) end,
  go = function() print "W:go" post(v, "e", "from W") end,
  _stop = function() print "W:_stop" end,
} }
KERNEL:run()
