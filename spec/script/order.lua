-- Events are handled in the order they were posted, whoever posts them; what a handler posts waits
-- for the next slice.
local function states(name)
  return {
    _start = function() yield("first", 1) yield("first", 2) end,
    first = function(n)
      print(name .. " first " .. n)
      -- expect 1: A first 1
      -- expect 2: A first 2
      -- expect 3: B first 1
      -- expect 4: B first 2
      yield("second", n)
    end,
    second = function(n)
      print(name .. " second " .. n)
      -- expect 5: A second 1
      -- expect 6: A second 2
      -- expect 7: B second 1
      -- expect 8: B second 2
    end,
    _stop = function() print(name .. " stops") end,
    -- expect 9: B stops
    -- expect 10: A stops
  }
end
poe.spawn(states "A")
poe.spawn(states "B")
