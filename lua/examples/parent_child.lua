-- A parent hears of its children: create with what _start returned, lose with what _stop returned.
local poe = require "poe"

local function worker(name, seconds)
  poe.spawn {
    _start = function()
      HEAP.name = name
      KERNEL:delay("done", seconds)
      return "works for " .. seconds .. " s"
    end,
    done  = function() print(name .. " is done") end,
    _stop = function() return name .. "'s result" end,
  }
end

poe.spawn {
  _start = function()
    worker("Ada", 0.04)
    worker("Bob", 0.02)
  end,
  _child = function(reason, child, result)
    print(reason .. " " .. child:get_heap().name .. ": " .. result)
  end,
  _stop  = function() print "all children have gone, so the parent stops" end,
}

-- prints:
-- create Ada: works for 0.04 s
-- create Bob: works for 0.02 s
-- Bob is done
-- lose Bob: Bob's result
-- Ada is done
-- lose Ada: Ada's result
-- all children have gone, so the parent stops
