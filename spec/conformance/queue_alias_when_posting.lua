-- R23: an alias is resolved when posting
local poe = require "poe"

local a, b
a = poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "x" yield "go" end,
  go = function()
    post("x", "e", 1)
    KERNEL:alias_remove "x"
    call(b, "take")
    post("x", "e", 2)
  end,
  e = function(x) print("a got " .. x) end,
} }
b = poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("e", 0.01, "timer") end,
  take = function() KERNEL:alias_set "x" end,
  e = function(x) print("b got " .. x) end,
} }
KERNEL:run()
