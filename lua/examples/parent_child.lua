-- A session that makes others is told when they start and stop, and what they returned.
local poe = require "poe"

local child = {
  _start = function(name, seconds)
    HEAP.name = name
    KERNEL:delay("done", seconds)
    return name .. " is born"
  end,
  done = function() print(HEAP.name .. " is done") end,
  _stop = function() return "farewell from " .. HEAP.name end,
}

poe.spawn {
  _start = function()
    poe.spawn(child, "slow", 0.04)
    poe.spawn(child, "quick", 0.02)
    print "waiting"
  end,
  _child = function(reason, _, result) print(reason .. ": " .. result) end,
  _stop = function() print "nobody left" end,
}

-- prints:
-- create: slow is born
-- create: quick is born
-- waiting
-- quick is done
-- lose: farewell from quick
-- slow is done
-- lose: farewell from slow
-- nobody left
