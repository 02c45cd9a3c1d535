-- R115 R116 R122 R124 R131 R132: benign, handled, nonmaskable, replaced watchers
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    KERNEL:alias_set "t"
    KERNEL:sig("foo", "old", 1)
    KERNEL:sig("foo", "new", 2)
    for _, n in ipairs { "INT", "term", "UIDESTROY" } do KERNEL:sig(n, "h") end
    KERNEL:sig("bar", "old")
    KERNEL:sig "bar"
  end,
  old = function() print "old" end,
  new = function(name, a, b) print("new " .. name .. " " .. a .. " " .. b) end,
  h = function(name) print("h " .. name) call(SESSION, "inner") end,
  inner = function() KERNEL:sig_handled() end,
  a = function() print "a" end,
  _stop = function() print "stop" end,
} }
poe.Session.create { inline_states = {
  _start = function()
    KERNEL:sig_handled()
    post("t", "a")
    KERNEL:signal("t", "foo", "arg")
    post("t", "a")
    for _, n in ipairs { "bar", "USR1", "CHLD", "PIPE", "term", "INT" } do KERNEL:signal("t", n) end
    print((select(3, KERNEL:signal("nobody", "INT"))))
    KERNEL:signal("t", "UIDESTROY")
    post("t", "a")
  end,
} }
KERNEL:run()
