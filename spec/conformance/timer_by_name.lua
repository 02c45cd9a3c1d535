-- R98 R99 R110: alarm and delay replace by name, the others add
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    KERNEL:delay("e", 0.01, 1)
    KERNEL:delay("e", 0.02, 2)
    KERNEL:alarm("e", poe.time() + 1, 3)
    KERNEL:delay("e", 0.03, 4)
    KERNEL:delay_set("e", 0.005, 5)
    KERNEL:delay_add("e", 0.04, 6)
    KERNEL:delay_set("f", 0.01, 7)
    KERNEL:delay "f"
    yield("f", 8)
    KERNEL:delay "f"
    KERNEL:delay("g", 0.01, 9)
  end,
  e = function(x) print("e " .. x) end,
  f = function(x) print("f " .. x) end,
  g = function(x) print("g " .. x) end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("e", 0.015, "other") KERNEL:delay "g" end,
  e = function(x) print("e " .. x) end,
} }
KERNEL:run()
