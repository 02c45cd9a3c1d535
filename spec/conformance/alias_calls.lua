-- R190 R191 R192 R193 R195: aliases
local poe = require "poe"

local function er(r, _, code) print(r and "ok" or code) end
poe.Session.create { inline_states = {
  _start = function()
    er(KERNEL:alias_set "one")
    er(KERNEL:alias_set "one")
    er(KERNEL:alias_set "b")
    er(KERNEL:alias_set "a")
    print(table.concat(KERNEL:alias_list(), " "))
    KERNEL:delay("end", 0.03)
  end,
  ["end"] = function() KERNEL:alias_remove "a" KERNEL:alias_remove "b" end,
  _stop = function() print("in _stop: " .. (KERNEL:alias_resolve "one" and 1 or 0)) end,
} }
poe.Session.create { inline_states = {
  _start = function()
    er(KERNEL:alias_set "one")
    er(KERNEL:alias_remove "one")
    er(KERNEL:alias_remove "none")
    print(table.concat(KERNEL:alias_list "one", " "))
    print(#KERNEL:alias_list())
    print(tostring((KERNEL:alias_resolve "none")))
    print(KERNEL:alias_resolve(SESSION) == SESSION and "self" or "?")
  end,
} }
KERNEL:run()
print(KERNEL:alias_resolve "one" and "?" or "gone")
