-- Timers by name are one of a kind; those with an ID stand beside and can be moved and removed.
poe.spawn {
  _start = function()
    KERNEL:delay("tick", 60, "never")
    KERNEL:delay("tick", 0.01, "replaced")             -- replaces the first
    KERNEL:delay_add("tick", 0.02, "added")            -- stands beside
    local moved = KERNEL:delay_set("tick", 60, "moved")
    local removed = KERNEL:alarm_set("tick", 4102444800, "removed", nil)
    local event, time, args = KERNEL:alarm_remove(removed)
    print(event, time, args[1], args.n)  -- expect 1: tick\t4102444800.0\tremoved\t2
    print(math.type(KERNEL:delay_adjust(moved, 0.03)))  -- expect 2: float
    print(KERNEL:alarm_remove(removed) == nil)          -- expect 3: true
    KERNEL:delay_set("gone", 0.015)
    KERNEL:delay "gone"                                 -- without a time: removes them all
  end,
  tick = function(how) print(how) end,
  -- expect 4: replaced
  -- expect 5: added
  -- expect 6: moved
  gone = function() print "not reached" end,
  _stop = function() print "no timers, no session" end,  -- expect 7: no timers, no session
}
