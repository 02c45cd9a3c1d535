-- R246 R252: call_state and return_state; state() works in every state
local poe = require "poe"

local m = poe.NFA.spawn { inline_states = {
  one = {
    enter = function()
      KERNEL:state("extra", function() print("extra in " .. STATE) end)
      yield "extra"
      MACHINE:call_state("back", "two", "enter", 5)
    end,
    leave = function() print "one leave" end,
    back = function(a, b)
      print("one back " .. a .. " " .. b)
      yield "extra"
      yield("unknown", "x")
      yield "bye"
    end,
    _default = function(event, list)
      if not event:find "^_" then print("default " .. event .. " " .. table.concat(list, " ")) end
    end,
    bye = function() MACHINE:stop() end,
  },
  two = {
    enter = function(n)
      print("two enter " .. n)
      yield "extra"
      MACHINE:return_state("r1", "r2")
    end,
    leave = function() print "two leave" end,
  },
} }
m:goto_state("one", "enter")
KERNEL:run()
print "done"
