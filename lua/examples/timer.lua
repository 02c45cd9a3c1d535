-- A clock ticks: delay replaces by name, delay_set gives an ID to adjust or remove.
local poe = require "poe"

poe.spawn {
  _start = function()
    HEAP.ticks = 0
    HEAP.alarm = KERNEL:delay_set("alarm", 10, "wake up")
    KERNEL:delay("tick", 0.02)
  end,

  tick = function()
    HEAP.ticks = HEAP.ticks + 1
    print("tick " .. HEAP.ticks)
    if HEAP.ticks == 3 then
      KERNEL:delay_adjust(HEAP.alarm, 0.01) -- rather now than in ten seconds
    else
      KERNEL:delay("tick", 0.02)
    end
  end,

  alarm = function(text) print(text) end,
}

-- prints:
-- tick 1
-- tick 2
-- tick 3
-- wake up
