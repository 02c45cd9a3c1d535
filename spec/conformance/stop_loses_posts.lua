-- R76 R80: what _stop does reports success and is lost
local poe = require "poe"

local b = poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("end", 0.05) end,
  e = function(x) print("b got " .. x) end,
  ["end"] = function() print "b end" end,
} }
poe.Session.create { inline_states = {
  _start = function() end,
  _stop = function()
    print(post(b, "e", 1) and "posted" or "no")
    yield "x"
    KERNEL:delay("x", 0)
    KERNEL:alias_set "me"
    print(KERNEL:refcount_increment(SESSION:ID(), "t"))
    print(post(SESSION, "x") and "posted" or "no")
  end,
  x = function() print "x" end,
} }
KERNEL:run()
