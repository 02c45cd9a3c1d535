-- R190 R191: setting and removing aliases
local poe = require "poe"

local function code(ok, _, name) return ok == true and "ok" or name end
poe.Session.create { inline_states = {
  _start = function()
    print("A sets: " .. code(KERNEL:alias_set "name"))
    print("A sets it again: " .. code(KERNEL:alias_set "name"))
    print("A sets another: " .. code(KERNEL:alias_set "other name"))
  end,
  give = function() print("A removes: " .. code(KERNEL:alias_remove "name")) end,
} }
poe.Session.create { inline_states = {
  _start = function()
    print("B sets: " .. code(KERNEL:alias_set "name"))
    print("B removes: " .. code(KERNEL:alias_remove "name"))
    print("B removes an unknown one: " .. code(KERNEL:alias_remove "nobody's"))
    call("name", "give")
    print("B removes what is gone: " .. code(KERNEL:alias_remove "name"))
    print("B sets: " .. code(KERNEL:alias_set "name"))
    print("it is B's: " .. (KERNEL:alias_resolve "name" == SESSION and "yes" or "no"))
    print("B sets with spaces and signs: " .. code(KERNEL:alias_set "a b/c?"))
    print("B removes that: " .. code(KERNEL:alias_remove "a b/c?"))
  end,
} }
KERNEL:run()
