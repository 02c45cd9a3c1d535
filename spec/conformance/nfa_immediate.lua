-- R245: with option immediate transitions happen at once
local poe = require "poe"

local m = poe.NFA.spawn { options = { immediate = true }, inline_states = {
  init = {
    setup = function()
      print "setup"
      MACHINE:goto_state("one", "enter")
      print("after goto in " .. STATE .. " " .. MACHINE:get_current_state())
    end,
    leave = function() print "init leave" end,
  },
  one = {
    enter = function()
      print "one enter"
      MACHINE:call_state("back", "two", "enter")
      print "after call"
      yield "tick"
    end,
    leave = function() print "one leave" end,
    back = function(a, b) print("one back " .. a .. " " .. b) end,
    tick = function() print "one tick" MACHINE:stop() end,
  },
  two = {
    enter = function()
      print "two enter"
      MACHINE:return_state("r1", "r2")
      print "after return"
    end,
    leave = function() print "two leave" end,
  },
} }
m:goto_state("init", "setup")
KERNEL:run()
print "done"
