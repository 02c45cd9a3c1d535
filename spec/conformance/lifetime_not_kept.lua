-- R60: what keeps no session: signal watchers, references to it, its heap, options
local poe = require "poe"

local kept = {}
local function session(name, start)
  return poe.Session.create { inline_states = {
    _start = start,
    x = function() end,
    _stop = function() print(name .. ":_stop") end,
  } }
end
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("first", 0.01) end,
  first = function()
    session("signal watcher", function() KERNEL:sig("USR1", "x") KERNEL:sig("foo", "x") end)
    KERNEL:delay("second", 0.01)
  end,
  second = function()
    kept[1] = session("referenced", function() kept[2] = SESSION end)
    KERNEL:delay("third", 0.01)
  end,
  third = function()
    session("in its own heap", function() HEAP.me = SESSION end)
    KERNEL:delay("fourth", 0.01)
  end,
  fourth = function()
    session("removed alias", function() KERNEL:alias_set "a" KERNEL:alias_remove "a" end)
    KERNEL:delay("fifth", 0.01)
  end,
  fifth = function()
    session("cleared timer", function() KERNEL:delay("x", 5) KERNEL:delay "x" end)
    KERNEL:delay("last", 0.01)
  end,
  last = function() print "last" end,
} }
KERNEL:run()
print "run returned"
