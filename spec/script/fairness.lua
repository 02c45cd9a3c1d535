-- A session that posts to itself for ever, and one whose timers are always in the past, leave room
-- for the others (R34 is not copied).
local over = false
poe.spawn {
  _start = function() yield "spin" end,
  spin = function() if not over then yield "spin" end end,
}
poe.spawn {
  _start = function() KERNEL:alarm("past", 1) end,
  past = function() if not over then KERNEL:alarm("past", 1) end end,
}
poe.spawn {
  _start = function() yield "queued" KERNEL:delay("later", 0.02) end,
  queued = function() print "an event gets its turn" end, -- expect: an event gets its turn
  later = function()
    print "a timer gets its turn" -- expect: a timer gets its turn
    over = true
  end,
}
