-- Parents hear of their children's births and ends; children end before their parents.
local function member(name, child)
  return {
    _start = function()
      print(name .. " starts")
      -- expect 1: grandparent starts
      -- expect 2: parent starts
      -- expect 3: child starts
      if child then poe.spawn(child) end
      return name .. "'s _start"
    end,
    _child = function(reason, session, result)
      print(name, reason, session:ID(), result)
      -- expect 4: parent\tcreate\t4\tchild's _start
      -- expect 5: grandparent\tcreate\t3\tparent's _start
      -- expect 8: parent\tlose\t4\tchild's _stop
      -- expect 10: grandparent\tlose\t3\tparent's _stop
    end,
    _stop = function()
      print(name .. " stops")
      -- expect 7: child stops
      -- expect 9: parent stops
      -- expect 11: grandparent stops
      return name .. "'s _stop"
    end,
  }
end
poe.spawn(member("grandparent", member("parent", member "child")))
print "all are there"  -- expect 6: all are there
