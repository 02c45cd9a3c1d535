-- A _start that waits lets create return; its parent hears of no result.
poe.spawn {
  _start = function()
    local child = poe.spawn({
      _start = function(...) print("starts", ...) poe.sleep(0.05) print "goes on" return "result" end,
      -- expect 1: starts\t1\tnil\t3
      -- expect 6: goes on
      _stop = function() print "child stops" return "of stop" end, -- expect 7: child stops
    }, 1, nil, 3)
    print("created", child:ID())                   -- expect 3: created\t3
    poe.sleep(0)
    print "parent's _start goes on"                -- expect 4: parent's _start goes on
    local quick = poe.spawn { _start = function() KERNEL:detach_myself() poe.sleep(60) end }
    poe.with_timeout(0.0001, poe.sleep, 1)
    KERNEL:signal(quick, "KILL")
    print "both live"                              -- expect 5: both live
  end,
  _child = function(reason, child, ...)
    if child:ID() == 3 then print(reason, select("#", ...), ...) end
    -- expect 2: create\t1\tnil
    -- expect 8: lose\t1\tof stop
  end,
}
