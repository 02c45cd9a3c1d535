-- R20 R21 R22 R27 R41: what can be posted to
local poe = require "poe"

local a, id
a = poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "logger" id = SESSION:ID() end,
  e = function(x) print("got " .. x) end,
  bye = function() KERNEL:alias_remove "logger" end,
} }
local function r(ok, _, code) print(ok and "ok" or code) end
poe.Session.create { inline_states = {
  _start = function()
    r(post(a, "e", "object"))
    r(post(id, "e", "id"))
    r(post("logger", "e", "alias"))
    r(post(KERNEL, "e"))
    r(post("nobody", "e"))
    r(post(99999, "e"))
    KERNEL:alias_set(tostring(id))
    print(KERNEL:alias_resolve(tostring(id)) == a and "id wins" or "alias wins")
    KERNEL:alias_remove(tostring(id))
    yield "next"
  end,
  next = function() post("logger", "bye") KERNEL:delay("late", 0.02) end,
  late = function()
    r(post(a, "e", "dead"))
    print(a:ID() == id and "id readable" or "?")
  end,
} }
KERNEL:run()
