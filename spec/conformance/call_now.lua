-- R43 R44 R49 R54: call runs at once and returns the results
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "a" yield "q" end,
  q = function() print "a q" end,
  sync = function(again)
    print("a sync " .. (SENDER == KERNEL and "kernel" or "session") .. " " .. tostring(CALLER_STATE) .. " " .. KERNEL:get_active_event())
    if again then call("b", "back", 5) end
    return 1, 2, 3
  end,
  bye = function() end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "b" yield "t1" end,
  t1 = function()
    print "b t1 in"
    print("b t1 out " .. table.concat({ call("a", "sync", true) }, " ") .. " " .. KERNEL:get_active_event())
    KERNEL:alias_remove "b"
    post("a", "bye")
  end,
  back = function(n) print("b back " .. n .. " from " .. CALLER_STATE) return "x" end,
} }
print("outside " .. table.concat({ call("a", "sync", false) }, " "))
KERNEL:run()
