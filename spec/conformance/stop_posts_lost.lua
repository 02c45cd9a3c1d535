-- R76: what _stop posts, sets and names is accepted and lost
local poe = require "poe"

local function result(what, ok) print(what .. ": " .. (ok and "ok" or "refused")) end
local other = poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("check", 0.04) end,
  told = function() print "other:told" end,
  check = function()
    print("last words resolves: " .. (KERNEL:alias_resolve "last words" and "yes" or "no"))
  end,
} }
poe.Session.create { inline_states = {
  _start = function() end,
  e = function() print "never here" end,
  _stop = function()
    print "_stop"
    yield "e"
    result("post to oneself", post(SESSION, "e"))
    result("post to another", post(other, "told"))
    result("delay", KERNEL:delay("e", 0.01))
    result("delay_set", KERNEL:delay_set("e", 0.01))
    result("alarm", KERNEL:alarm("e", 1))
    result("alias_set", KERNEL:alias_set "last words")
    result("alias resolves now", KERNEL:alias_resolve "last words")
    print "_stop ends"
  end,
} }
KERNEL:run()
