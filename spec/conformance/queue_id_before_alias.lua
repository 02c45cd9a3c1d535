-- R22: an alias that looks like an ID cannot shadow the session of that ID
local poe = require "poe"

local a = poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "first" end,
  e = function(by) print("A:e by " .. by) end,
} }
poe.Session.create { inline_states = {
  _start = function()
    local id = a:ID()
    print("the alias is accepted: " .. (KERNEL:alias_set(tostring(id)) and "yes" or "no"))
    post(id, "e", "id")
    post("first", "e", "alias")
    print("its list has it: " .. (table.concat(KERNEL:alias_list(), " ") == tostring(id) and "yes" or "no"))
  end,
  e = function(by) print("B:e by " .. by) end,
} }
KERNEL:run()
