-- R45 R46 R48 R52: call of the missing, the unknown, the failing
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "a" KERNEL:sig("DIE", "die") end,
  boom = function() error "boom" end,
  die = function(_, info)
    print("a DIE " .. info.event)
    KERNEL:sig_handled()
    KERNEL:alias_remove "a"
  end,
} }
poe.Session.create { inline_states = {
  _start = function() yield "go" end,
  go = function()
    local r, _, code = call("nobody", "x")
    print(tostring(r) .. " " .. code)
    print(tostring((call("a", "unknown"))))
    print(call(KERNEL, "x"))
    print(tostring((call("a", "boom"))) .. " goes on")
  end,
} }
KERNEL:run()
