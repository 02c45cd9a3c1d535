-- R243 R244 R247 R248: the first transition at once, later ones in turn
local poe = require "poe"

local m = poe.NFA.spawn { runstate = { n = 1 }, inline_states = {
  init = {
    setup = function()
      print("setup in " .. STATE .. " " .. EVENT .. " " .. RUNSTATE.n .. " " .. (SENDER == MACHINE and "self" or "?") .. " " .. tostring(CALLER_STATE))
      print(MACHINE:goto_state("one", "enter", "a1") and 1)
      print("still " .. MACHINE:get_current_state())
      yield("tick", 1)
      yield("tick", 2)
    end,
    leave = function() print "init leave" end,
    tick = function() print "init tick" end,
  },
  one = {
    enter = function(a) print("one enter " .. a) end,
    tick = function(n)
      print("one tick " .. n .. " " .. CALLER_STATE)
      if n == 2 then MACHINE:stop() end
      yield "lost"
      if n == 2 then print "after stop" end
    end,
    lost = function() print "lost" end,
  },
} }
print(m:get_current_state())
m:goto_state("init", "setup")
print "returned"
KERNEL:run()
print "done"
