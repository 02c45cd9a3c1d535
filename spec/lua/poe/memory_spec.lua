--- What is made is given back: sessions, events, timers, names; and the collector may come any time.
local poe = require "poe"

local function nothing() end

--- Kilobytes in use after full collections.
local function kilobytes()
  collectgarbage()
  collectgarbage()
  return collectgarbage "count"
end

--- Runs `fn` several times; it must not use more and more.  A table may double on the way, by when the
--- collector came; what leaks grows again.
local function steady(expect, fn)
  local before, grown
  fn()
  fn()
  for _ = 1, 3 do
    before = kilobytes()
    for _ = 1, 3 do fn() end
    grown = kilobytes() - before
    if grown < 100 then break end
  end
  expect(grown < 100, true, ("grown by %.0f KB"):format(grown))
end

describe("sessions", function()
  it("100000 are made and stopped", function(expect)
    local n = expect.heavy(100000)
    local stops = 0
    local states = { _stop = function() stops = stops + 1 end }
    steady(expect, function()
      for _ = 1, n // 5 do poe.spawn(states) end
      KERNEL:run()
    end)
    expect(stops, 5 * (n // 5))
  end, 20)

  it("one after another, each with a table of states of its own", function(expect)
    local n = expect.heavy(20000)
    steady(expect, function()
      for i = 1, n // 5 do
        poe.spawn({ _start = function() KERNEL:alias_set("a" .. i) yield("x", {}) end, x = nothing }, {})
        if i % 50 == 0 then KERNEL:run() end
      end
      KERNEL:run()
    end)
  end, 20)

  it("that share a table of states hold it until the last has stopped, changed or not", function(expect)
    local weak, all, ran = setmetatable({}, { __mode = "k" }), {}, 0
    do
      local states = { _start = function() KERNEL:refcount_increment(SESSION:ID(), "held") end,
                       change = function() KERNEL:state("work", nothing) end, work = function() ran = ran + 1 end,
                       leave = function() KERNEL:refcount_decrement(SESSION:ID(), "held") end }
      weak[states] = true
      for i = 1, 4 do all[i] = poe.spawn(states) end
      all[5] = poe.Session.create { inline_states = states, object_states = { [{ own = nothing }] = { "own" } } }
    end
    for i = 1, 5 do post(all[i], i % 2 == 0 and "change" or "work") end
    for _, s in ipairs { 1, 2, 4, 5, 3 } do
      expect(next(weak) ~= nil, true)
      for _, other in ipairs(all) do post(other, "work") end
      post(all[s], "leave")
      KERNEL:run_one_timeslice()
      collectgarbage()
      expect(all[s]:get_heap(), {})
    end
    expect(next(weak), nil)
    local again = poe.spawn { _start = function() ran = ran + 100 end }
    expect(again:ID() > all[5]:ID(), true)
    KERNEL:run()
    expect(ran, 100 + 3 + 3 + 2 + 2 + 2 + 1)
  end)

  it("with everything a session can have, stopped in the middle", function(expect)
    local n = expect.heavy(2000)
    steady(expect, function()
      for i = 1, n // 5 do
        poe.spawn {
          _start = function()
            HEAP.back = SESSION:postback("x", {})
            HEAP.now = SESSION:callback "x"
            KERNEL:alias_set("name" .. i)
            KERNEL:refcount_increment(SESSION:ID(), "tag")
            KERNEL:sig("thing" .. i % 10, "x", {})
            KERNEL:delay_set("x", 60, {})
            KERNEL:state("new" .. i, nothing)
            SESSION:option { mine = i }
            yield("x", {})
            HEAP.back {}
            KERNEL:signal(SESSION, "thing", {})
          end,
          x = nothing,
        }
      end
      KERNEL:stop()
      KERNEL:run()
    end)
  end, 20)

  it("deep families", function(expect)
    local n = math.min(1000, expect.heavy(1000) + 50)
    local made, stopped = 0, 0
    local states
    states = {
      _start = function(depth) made = made + 1 if depth > 1 then yield("grow", depth - 1) end end,
      grow = function(depth) poe.spawn(states, depth) end,
      _stop = function() stopped = stopped + 1 end,
    }
    poe.spawn(states, n)
    expect.run()
    expect({ made, stopped }, { n, n })
  end, 20)

  it("deep families made in _start are made, or refused with an error", function(expect)
    local made, stopped = 0, 0
    local states
    states = {
      _start = function(depth) made = made + 1 if depth > 1 then poe.spawn(states, depth - 1) end end,
      _stop = function() stopped = stopped + 1 end,
    }
    poe.spawn(states, 150)
    expect.run()
    expect({ made, stopped }, { 150, 150 })
  end, 20)

  it("many with the same parent", function(expect)
    local n, lost = expect.heavy(20000), 0
    poe.spawn {
      _start = function() for _ = 1, n do poe.spawn { _start = function() yield "x" end, x = nothing } end end,
      _child = function(reason) if reason == "lose" then lost = lost + 1 end end,
    }
    expect.run()
    expect(lost, n)
  end, 20)
end)

describe("events", function()
  it("100000 queued ones with tables survive collections", function(expect)
    local n, seen, wrong = expect.heavy(100000), 0, 0
    local s = poe.spawn { x = function(i, object, text)
      seen = seen + 1
      if i ~= seen or object[1] ~= i or text ~= "text" .. i then wrong = wrong + 1 end
    end }
    for i = 1, n do
      post(s, "x", i, { i }, "text" .. i)
      if i % (n // 4 + 1) == 0 then collectgarbage() end
    end
    collectgarbage()
    collectgarbage()
    expect.run()
    expect({ seen, wrong }, { n, 0 })
  end, 20)

  it("with names made at run time, short and long, survive collections", function(expect)
    local n, seen, wrong = expect.heavy(20000), 0, 0
    poe.spawn {
      _start = function()
        for i = 1, n do yield((i % 2 == 0 and "e" or ("long"):rep(20)) .. i, i) end
        collectgarbage()
      end,
      _stop = nothing,
      _default = function(event, args)
        seen = seen + 1
        local i = args[1]
        if i ~= seen or event ~= (i % 2 == 0 and "e" or ("long"):rep(20)) .. i then wrong = wrong + 1 end
        if seen % 1000 == 0 then collectgarbage() end
      end,
    }
    expect.run()
    expect({ seen, wrong }, { n, 0 })
  end, 20)

  it("of long names know their caller's long event, collected or not", function(expect)
    local name = ("x"):rep(60)
    local n, last = 0, nil
    local states = { _start = function() yield(name .. 1, 1) end, _stop = nothing }
    states._default = function(event, args)
      local i = args[1]
      n = i
      collectgarbage()
      if i > 1 then expect(CALLER_STATE, name .. i - 1) end
      expect(event, name .. i)
      last = STATE
      if i < 20 then yield(name .. i + 1, i + 1) end
    end
    poe.spawn(states)
    expect.run()
    expect({ n, last }, { 20, "_default" })
    local chain = {}
    for i = 1, 20 do
      chain[name .. i] = function()
        collectgarbage()
        if i > 1 then expect(CALLER_STATE, name .. i - 1) end
        expect(STATE, name .. i)
        if i < 20 then yield(name .. i + 1) end
        if i < 20 then KERNEL:delay_set("timer", 0, name .. i) end
      end
    end
    chain._start = function() yield(name .. 1) end
    chain.timer = function(by) collectgarbage() expect(CALLER_STATE, by) end
    poe.spawn(chain)
    expect.run()
  end)

  it("keep arguments of any kind", function(expect)
    local co = coroutine.create(nothing)
    local list = { nil, true, false, 0, -1, 1.5, math.huge, "", ("long"):rep(100), {}, nothing, print, co, io.stdout, KERNEL, nil }
    local function check(...)
      expect(select("#", ...), 16)
      for i = 1, 16 do expect(rawequal((select(i, ...)), list[i]), true) end
    end
    poe.spawn {
      _start = function()
        yield("x", table.unpack(list, 1, 16))
        KERNEL:delay_set("x", 0, table.unpack(list, 1, 16))
        KERNEL:sig("thing", "y", table.unpack(list, 1, 16))
        KERNEL:signal(SESSION, "thing")
        collectgarbage()
        call(SESSION, "x", table.unpack(list, 1, 16))
      end,
      x = expect.times(3, check),
      y = expect.times(1, function(_, ...) check(...) end),
    }
    expect.run()
  end)

  it("to one that has stopped meanwhile are given back", function(expect)
    local weak = setmetatable({}, { __mode = "k" })
    local victim = poe.spawn { x = nothing }
    KERNEL:signal(victim, "KILL")
    for _ = 1, 100 do local object = {} weak[object] = true post(victim, "x", object) end
    expect.run()
    poe.spawn { _start = function() yield "y" end, y = nothing }
    expect.run()
    kilobytes()
    expect(next(weak), nil)
  end)

  it("that have been handled hold nothing: a chain of big ones stays small", function(expect)
    local n, most = expect.heavy(1000), 0
    poe.spawn {
      _start = function() yield("x", 1, ("x"):rep(200000)) end,
      x = function(i)
        if i % 50 == 0 then most = math.max(most, kilobytes()) end
        if i < n then yield("x", i + 1, ("x"):rep(200000 + i)) end
      end,
    }
    local before = kilobytes()
    expect.run()
    expect(most - before < 20000, true, ("at most %.0f MB more"):format((most - before) / 1000))
  end, 20)

  it("a burst of them gives the system its memory back", function(expect)
    local function resident()
      local f <close> = assert(io.open "/proc/self/statm")
      return tonumber(f:read("a"):match "^%d+ (%d+)") * 4 -- KB
    end
    local most, after
    local n = expect.heavy(300000)
    poe.spawn {
      _start = function()
        for i = 1, n do yield("x", i, { i }) end
        most = resident()
        KERNEL:delay("rested", 0.05)
      end,
      x = nothing,
      rested = function()
        collectgarbage()
        KERNEL:delay("over", 0.05)
      end,
      over = function() after = resident() end,
    }
    expect.run()
    if n == 300000 then -- few are no burst
      expect(after < most * 2 // 5, true, ("%d KB at most, %d after"):format(most, after))
    end
  end, 20)

  it("a million of them leave no memory behind", function(expect)
    local n = expect.heavy(1000000)
    steady(expect, function()
      poe.spawn {
        _start = function() yield("x", 1) end,
        x = function(i) if i < n // 5 then yield("x", i + 1, "a", i * 0.5) end end,
      }
      KERNEL:run()
    end)
  end, 30)

  it("a crowd of them leaves no memory behind", function(expect)
    local n = expect.heavy(200000)
    steady(expect, function()
      local s = poe.spawn { x = nothing }
      for i = 1, n // 5 do post(s, "x", i, i) end
      KERNEL:run()
    end)
  end, 30)
end)

describe("timers", function()
  it("set, removed and fired leave no memory behind", function(expect)
    local n = expect.heavy(50000)
    steady(expect, function()
      poe.spawn {
        _start = function()
          for i = 1, n // 5 do
            local id = KERNEL:delay_set("x", i % 3 == 0 and 0 or 60, {}, i)
            if i % 3 == 1 then KERNEL:alarm_remove(id) end
          end
          KERNEL:delay_set("finish", 0)
        end,
        x = nothing,
        finish = function() KERNEL:alarm_remove_all() end,
      }
      KERNEL:run()
    end)
  end, 20)

  it("adjusted at random fire in order", function(expect)
    math.randomseed(42)
    local n, last, fired = expect.heavy(5000), 0, 0
    poe.spawn {
      _start = function()
        local ids, now = {}, poe.time()
        for i = 1, n do ids[i] = KERNEL:alarm_set("x", now + math.random() * 0.05) end
        for _ = 1, n do KERNEL:alarm_adjust(ids[math.random(n)], (math.random() - 0.5) * 0.02) end
        for i = 1, n, 10 do
          local _, due = KERNEL:alarm_remove(ids[i])
          KERNEL:alarm_set("x", due, due)
        end
        local all = KERNEL:alarm_remove_all()
        expect(#all, n)
        for i = 1, n do KERNEL:alarm_set("x", all[i][2], all[i][2]) end
      end,
      x = function(due)
        fired = fired + 1
        if due < last - 2e-6 then expect(due, last) end -- timers tell microseconds apart
        last = due
      end,
    }
    expect.run()
    expect(fired, n)
  end, 20)
end)

describe("calls", function()
  it("between sessions, a hundred thousand of them, leave no memory behind", function(expect)
    local n = expect.heavy(100000)
    steady(expect, function()
      local s = poe.spawn { x = function(a) return a, {} end }
      poe.spawn { _start = function()
        for i = 1, n // 5 do call(s, "x", i, {}) end
      end }
      KERNEL:run()
    end)
  end, 20)

  it("that raise leave no memory behind", function(expect)
    local n = expect.heavy(20000)
    steady(expect, function()
      local s = poe.spawn { x = function() error {} end, _start = function() KERNEL:sig("DIE", "died") end,
                            died = function() KERNEL:sig_handled() end }
      poe.spawn { _start = function()
        for _ = 1, n // 5 do call(s, "x", {}) pcall(call, SESSION, "y") end
      end, y = function() error {} end }
      KERNEL:run()
    end)
  end, 20)

  it("nested and at work while the collector comes", function(expect)
    local a, b
    a = poe.spawn { x = function(n, t) collectgarbage() return n == 0 and t or call(b, "x", n - 1, { t }) end }
    b = poe.spawn { x = function(n, t) collectgarbage() return n == 0 and t or call(a, "x", n - 1, { t }) end }
    local t = call(a, "x", 20, { "core" })
    for _ = 1, 20 do t = t[1] end
    expect(t, { "core" })
    expect.run()
  end)
end)

describe("names", function()
  it("aliases set and dropped leave no memory behind", function(expect)
    local n = expect.heavy(20000)
    steady(expect, function()
      poe.spawn { _start = function()
        for i = 1, n // 5 do KERNEL:alias_set("name" .. i) if i % 2 == 0 then KERNEL:alias_remove("name" .. i) end end
      end }
      KERNEL:run()
    end)
  end, 20)

  it("unknown events of tables that are gone leave no memory behind", function(expect)
    local n = expect.heavy(2000)
    warn "@off"
    steady(expect, function()
      for i = 1, n // 5 do poe.spawn { _start = function() yield("unknown" .. i) end } end
      KERNEL:run()
    end)
    warn "@on"
  end, 20)
end)

describe("random work", function()
  it("of 30 sessions, with everything, ends and leaves nothing", function(expect)
    local rounds = expect.heavy(20000)
    math.randomseed(7)
    local sessions, left = {}, rounds
    local states
    local function any() return sessions[math.random(#sessions)] end
    local actions = {
      function() yield("work", {}) end,
      function() post(any(), "work", math.random()) end,
      function() call(any(), "leaf", {}) end,
      function() call(SESSION, "leaf") end,
      function() pcall(call, SESSION, "raise") end,
      function() call(any(), "raise") end,
      function() HEAP.timer = KERNEL:delay_set("work", math.random() * 0.001, {}) end,
      function() if HEAP.timer then KERNEL:alarm_remove(HEAP.timer) end end,
      function() if HEAP.timer then KERNEL:delay_adjust(HEAP.timer, math.random() * 0.001) end end,
      function() KERNEL:alarm_remove_all() end,
      function() KERNEL:sig("S" .. math.random(3), "work") end,
      function() KERNEL:signal(any(), "S" .. math.random(3)) end,
      function() KERNEL:sig("S" .. math.random(3)) end,
      function() KERNEL:alias_set("n" .. math.random(10)) end,
      function() KERNEL:alias_remove("n" .. math.random(10)) end,
      function() post("n" .. math.random(10), "work") end,
      function() sessions[math.random(30)] = poe.spawn(states) end,
      function() KERNEL:detach_child(any()) end,
      function() local back <close> = SESSION:postback("work") back() end,
      function() if math.random(50) == 1 then KERNEL:signal(any(), "TERM") end end,
      function() KERNEL:state("extra" .. math.random(5), nothing) end,
      function() if math.random(20) == 1 then collectgarbage() end end,
    }
    states = {
      _start = function() KERNEL:sig("DIE", "died") end,
      died = function() KERNEL:sig_handled() end,
      leaf = function() return SESSION, HEAP, STATE, SENDER end,
      raise = function() error {} end,
      work = function()
        local me, heap = SESSION, HEAP
        for _ = 1, 3 do
          if left > 0 then
            left = left - 1
            actions[math.random(#actions)]()
            if SESSION ~= me or HEAP ~= heap then expect(SESSION, me) end
            expect(STATE, "work")
          end
        end
      end,
    }
    for i = 1, 30 do sessions[i] = poe.spawn(states) end
    for round = 1, 1000 do
      for i = 1, 30 do
        if not post(sessions[i], "work") then sessions[i] = poe.spawn(states) end
      end
      KERNEL:run_while((function()
        local slices = 0
        return function() slices = slices + 1 return slices < 50 end
      end)())
      if left <= 0 or round == 1000 then break end
    end
    left = 0
    KERNEL:stop()
    expect.run()
  end, 30)
end)
