-- R209 R210: what _default gets
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    KERNEL:alias_set "s"
    KERNEL:sig("USR1", "sig_ev")
    poe.Session.create { inline_states = { _start = function() end } }
    yield("x", 1, 2)
    KERNEL:signal(SESSION, "USR1", "sa")
    KERNEL:delay("end", 0.02)
  end,
  _default = function(event, list)
    local words = {}
    for i = 1, list.n do words[i] = type(list[i]) == "userdata" and "session" or tostring(list[i]) end
    print(STATE .. " " .. event .. " (" .. table.concat(words, " ") .. ")")
    list[#list + 1] = "changed"
    return "value"
  end,
  ["end"] = function()
    print(call(SESSION, "unknown", "z"))
    KERNEL:alias_remove "s"
  end,
} }
poe.Session.create { inline_states = {
  _start = function() print(call("s", "other")) end,
} }
KERNEL:run()
