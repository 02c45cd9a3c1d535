-- R21 R27: the kernel can be named; posting to it has no effect
local poe = require "poe"

local function result(ok, _, code) return ok and "ok" or code end
local a = poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "a" end,
  e = function(by) print("A:e by " .. by) end,
} }
poe.Session.create { inline_states = {
  _start = function() yield "go" end,
  go = function()
    print("object " .. result(post(a, "e", "object")))
    print("id " .. result(post(a:ID(), "e", "id")))
    print("alias " .. result(post("a", "e", "alias")))
    print("kernel " .. result(post(KERNEL, "e", "kernel")))
    print("kernel id " .. result(post(KERNEL:ID(), "e", "kernel id")))
    print("self " .. result(post(SESSION, "e", "self")))
  end,
  e = function(by) print("B:e by " .. by) end,
  _default = function(event) if not event:find "^_" then print("B:_default " .. event) end end,
} }
KERNEL:run()
