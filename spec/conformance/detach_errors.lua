-- R224: only a child of one's own can be detached
local poe = require "poe"

local function result(what, ok, _, code) print(what .. ": " .. (ok and "ok" or code)) end
local stranger = poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("x", 0.02) end,
  x = function() end,
} }
local grandchild
local function child(alias, more)
  return poe.Session.create { inline_states = {
    _start = function()
      KERNEL:alias_set(alias)
      if more then grandchild = child(more) end
      KERNEL:delay("x", 0.02)
    end,
    x = function() print(alias .. " lives") end,
  } }
end
poe.Session.create { inline_states = {
  _start = function()
    local c1, c2 = child("c1", "g"), child "c2"
    child "c3"
    result("itself", KERNEL:detach_child(SESSION))
    result("a grandchild", KERNEL:detach_child(grandchild))
    result("a stranger", KERNEL:detach_child(stranger))
    result("unknown alias", KERNEL:detach_child "nobody")
    result("unknown id", KERNEL:detach_child(99999))
    result("by object", KERNEL:detach_child(c1))
    result("by id", KERNEL:detach_child(c2:ID()))
    result("by alias", KERNEL:detach_child "c3")
    result("already detached", KERNEL:detach_child(c1))
  end,
} }
result("by the program", KERNEL:detach_child(stranger))
result("unknown, by the program", KERNEL:detach_child "nobody")
KERNEL:run()
