-- The same program twice: with an event for each step, and in a straight line.
local poe = require "poe"

local bank = poe.spawn {
  _start = function() KERNEL:alias_set "bank" HEAP.ada, HEAP.bob = 100, 0 end,
  take = function(who, amount)
    if HEAP[who] < amount then return nil, who .. " has only " .. HEAP[who] end
    HEAP[who] = HEAP[who] - amount
    return HEAP[who]
  end,
  give = function(who, amount) HEAP[who] = HEAP[who] + amount return HEAP[who] end,
  -- for those who want events: the answer is posted back
  take_for = function(back, ...) post(SENDER, back, call(SESSION, "take", ...)) end,
  give_for = function(back, ...) post(SENDER, back, call(SESSION, "give", ...)) end,
  close = function() KERNEL:alias_remove "bank" end,
}

poe.spawn {
  _start = function() post("bank", "take_for", "taken", "ada", 30) end,
  taken = function(left, why)
    if not left then return print("events: " .. why) end
    HEAP.left = left
    post("bank", "give_for", "given", "bob", 30)
  end,
  given = function(has) print("events: ada has " .. HEAP.left .. ", bob " .. has) yield "done" end,
  done = function()
    poe.spawn { _start = function()
      local left, why = poe.ask("bank", "take", "ada", 30)
      if not left then return print("straight: " .. why) end
      print("straight: ada has " .. left .. ", bob " .. poe.ask("bank", "give", "bob", 30))
      print("straight: " .. select(2, poe.ask("bank", "take", "ada", 1000)))
      post(bank, "close")
    end }
  end,
}

-- prints:
-- events: ada has 70, bob 30
-- straight: ada has 40, bob 60
-- straight: ada has only 40
