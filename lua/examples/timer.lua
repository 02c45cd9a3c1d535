-- A clock: each tick sets the next one, at a time that does not drift.
local poe = require "poe"

poe.spawn {
  _start = function()
    HEAP.started = poe.time()
    KERNEL:alarm("tick", HEAP.started + 0.1, 1)
  end,

  tick = function(n)
    print(("tick %d after %.1f s"):format(n, poe.time() - HEAP.started))
    if n < 5 then
      KERNEL:alarm("tick", HEAP.started + 0.1 * (n + 1), n + 1)
    end
  end,
}

-- prints:
-- tick 1 after 0.1 s
-- tick 2 after 0.2 s
-- tick 3 after 0.3 s
-- tick 4 after 0.4 s
-- tick 5 after 0.5 s
