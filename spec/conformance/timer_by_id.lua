-- R100 R101 R103 R104: removing and adjusting by ID, and what goes wrong
local poe = require "poe"

local id
local function er(r, _, code) print(r and "ok" or code) end
poe.Session.create { inline_states = {
  _start = function()
    id = KERNEL:alarm_set("e", 2000000000, "a", "b")
    print(("%d"):format(KERNEL:alarm_adjust(id, 5)))
    local n, t, l = KERNEL:alarm_remove(id)
    print(("%s %d %s"):format(n, t, table.concat(l, " ")))
    er(KERNEL:alarm_remove(id))
    er(KERNEL:alarm_adjust(id, 1))
    id = KERNEL:delay_set("own", 0.01)
    yield "go"
  end,
  go = function() post("other", "try") end,
  own = function() er(KERNEL:alarm_remove(id)) post("other", "end") end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "other" end,
  try = function() er(KERNEL:alarm_remove(id)) er(KERNEL:alarm_adjust(id, 1)) end,
  ["end"] = function() KERNEL:alias_remove "other" end,
} }
KERNEL:run()
