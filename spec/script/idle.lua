-- When only names are left, IDLE asks who has more to do.  Handled and with new work, life goes on.
local work = { "sweep the floor", "wash the dishes" }
poe.spawn {
  _start = function()
    KERNEL:alias_set "servant"
    KERNEL:sig("IDLE", "idle")
    KERNEL:sig("ZOMBIE", "zombie")
  end,
  idle = function(signal)
    print(signal)
    -- expect 1: IDLE
    -- expect 3: IDLE
    -- expect 5: IDLE
    local job = table.remove(work, 1)
    if job then yield("work", job) end
    KERNEL:sig_handled()
  end,
  work = function(job) print(job) end,
  -- expect 2: sweep the floor
  -- expect 4: wash the dishes
  zombie = function()
    print "the end"                       -- expect 6: the end
    KERNEL:sig_handled()                  -- does not help
  end,
  _stop = function() print "stopped" end, -- expect 7: stopped
}
