-- The handlers of sessions that are busy are at hand, and so are HEAP, SESSION and SENDER: what changes meanwhile counts
-- from the next event on, and neither goes to anybody else.
local said = {}
local function say(text)
  if said[#said] ~= text then said[#said + 1] = text end
end
local function told()
  print(table.concat(said, " "))
  said = {}
end

-- A table of states that the script changes itself, KERNEL:state, and no state at all.
local states = {
  tick = function(n)
    say "first"
    if n == 50 then SESSION:get_heap().states.tick = SESSION:get_heap().second end
    yield("tick", n + 1)
  end,
  _default = function(event) say(event .. " is unknown") end,
  _stop = function() end,
}
poe.Session.create {
  heap = {
    states = states,
    second = function(n)
      say "second"
      if n == 100 then KERNEL:state("tick", HEAP.third) end
      yield("tick", n + 1)
    end,
    third = function(n)
      say "third"
      if n == 150 then KERNEL:state "tick" end
      yield("tick", n + 1)
    end,
  },
  inline_states = setmetatable({ _start = function() yield("tick", 1) end }, { __index = states }),
}
KERNEL:run()
told()  -- expect 1: first second third tick is unknown

-- One ends, and another takes its place while a third one goes on.
local function short(name)
  return poe.spawn {
    _start = function() HEAP.name = name end,
    tick = function(n)
      if HEAP.name ~= name or SENDER == SESSION then say "wrong" end
      say(name)
      post(SENDER, "back", n, SESSION)
    end,
  }
end
poe.spawn {
  _start = function() yield("back", 0, short "a") end,
  back = function(n, from)
    local name = ({ [20] = "b", [40] = "c" })[n]
    if name then from = short(name) end
    if n < 60 then post(from, "tick", n + 1) end
  end,
}
KERNEL:run()
told()  -- expect 2: a b c

-- Who has gone is nobody's SENDER any more, and not kept for it.
local gone = setmetatable({}, { __mode = "k" })
poe.spawn {
  _start = function() KERNEL:alias_set "sink" end,
  take = function(n)
    gone[SENDER] = true
    if SENDER:get_heap().n ~= n then say "wrong" end
  end,
  look = function()
    collectgarbage()
    collectgarbage()
    local left = 0
    for session in pairs(gone) do
      if session ~= SENDER then left = left + 1 end
    end
    print(left)  -- expect 3: 0
    KERNEL:alias_remove "sink"
  end,
}
for n = 1, 100 do
  poe.Session.create { heap = { n = n }, inline_states = { _start = function() post("sink", "take", n) end } }
end
poe.spawn { _start = function() KERNEL:delay("ask", 0.01) end, ask = function() post("sink", "look") end }
KERNEL:run()
told()  -- expect 4:

-- Arguments of all kinds, alone in the queue and among others; a table is there until its handler returns.
local values = { 1, 2.5, "text", true, false, { 1 }, print, n = 8 }
local weak = setmetatable({}, { __mode = "v" })
poe.spawn {
  _start = function() yield("one", 1) end,
  one = function(i)
    if i <= values.n then
      for _ = 1, i % 3 do yield("echo", i, values[i], nil) end
      yield("echo", i, values[i], nil)
      yield("one", i + 1)
    else
      local new = {}
      weak[1] = new
      yield("held", new)
    end
  end,
  echo = function(i, value, ...)
    if value ~= values[i] or select("#", ...) ~= 1 then say "wrong" end
  end,
  held = function()
    collectgarbage()
    print(weak[1] ~= nil)  -- expect 5: true
    yield "free"
  end,
  free = function()
    collectgarbage()
    print(weak[1])  -- expect 6: nil
  end,
}
KERNEL:run()
told()  -- expect 7:

-- Whoever asked for SENDER once, and then no more for a long time, is told of the right one when he asks again.
local receiver = poe.spawn {
  _start = function() KERNEL:alias_set "receiver" end,
  take = function(n, from)
    HEAP.n = n
    if (n <= 200 or n % 100 == 1) and SENDER ~= from then say("wrong at " .. n) end
    if n < 1500 then post(from, "give", n + 1) else KERNEL:alias_remove "receiver" end
  end,
}
local givers = {}
for i = 1, 2 do
  givers[i] = poe.spawn {
    _start = function() KERNEL:alias_set("giver " .. i) end,
    give = function(n) post(n > 600 and givers[n // 100 % 2 + 1] ~= SESSION and givers[n // 100 % 2 + 1] or receiver,
                            n > 600 and givers[n // 100 % 2 + 1] ~= SESSION and "give" or "take", n, SESSION) end,
  }
end
post(givers[1], "give", 1)
KERNEL:run()
told()  -- expect 8:
