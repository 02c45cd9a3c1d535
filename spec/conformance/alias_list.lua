-- R192: alias_list is sorted
local poe = require "poe"

local function show(list) return #list > 0 and table.concat(list, " ") or "none" end
local a = poe.Session.create { inline_states = {
  _start = function()
    for name in ("pear apple fig Banana"):gmatch "%a+" do KERNEL:alias_set(name) end
  end,
  drop = function() KERNEL:alias_remove "fig" end,
} }
poe.Session.create { inline_states = {
  _start = function()
    print("of A: " .. show(KERNEL:alias_list(a)))
    print("by id: " .. show(KERNEL:alias_list(a:ID())))
    print("by alias: " .. show(KERNEL:alias_list "pear"))
    print("of B: " .. show(KERNEL:alias_list()))
    KERNEL:alias_set "mine"
    print("of B: " .. show(KERNEL:alias_list()))
    call(a, "drop")
    print("of A: " .. show(KERNEL:alias_list(a)))
    local list, _, code = KERNEL:alias_list "nobody"
    print("of nobody: " .. (not list and code or "?"))
  end,
} }
KERNEL:run()
