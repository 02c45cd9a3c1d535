--- queue_limit with overflow: what becomes of a post to a session that is full.
local create = poe.Session.create

--- A session that notes what it is given in `got`.
local function noter(overflow, limit, got)
  return create {
    queue_limit = limit, overflow = overflow,
    inline_states = { x = function(n) got[#got + 1] = n end },
  }
end

--- One that is always full, with events of its own, until its heap's `over` is set.
local function busy(got)
  local s = create {
    queue_limit = 1, overflow = "wait",
    inline_states = {
      x = function(n) got[#got + 1] = n end,
      stay = function() if not HEAP.over then yield "stay" end end,
    },
  }
  post(s, "stay")
  return s
end

describe("overflow", function()
  it("raises what is wrong, at the caller", function(expect)
    local names = "create: overflow must be refuse, drop_new, drop_old or wait, got "
    expect.raises(names .. "'drop'", function() create { inline_states = {}, queue_limit = 1, overflow = "drop" } end)
    expect.raises(names .. "1", function() create { inline_states = {}, queue_limit = 1, overflow = 1 } end)
    expect.raises("create: overflow needs queue_limit", function() create { inline_states = {}, overflow = "wait" } end)
  end)

  it("refuse is the default", function(expect)
    local got = {}
    local s = noter("refuse", 2, got)
    for i = 1, 2 do expect(post(s, "x", i), true) end
    expect.fails("ENOBUFS", ("session %d has no room for event 'x'"):format(s:ID()), post(s, "x", 3))
    expect(s:stats().refused, 1)
    expect.run()
    expect(got, { 1, 2 })
  end)
end)

describe("overflow = drop_new", function()
  it("succeeds and loses the new one", function(expect)
    local got = {}
    local s = noter("drop_new", 2, got)
    for i = 1, 5 do expect(post(s, "x", i, {}), true) end
    local stats = s:stats()
    expect({ stats.queued, stats.dropped, stats.refused }, { 2, 3, 0 })
    expect.run()
    expect(got, { 1, 2 })
  end)

  it("holds at its own _start already", function(expect)
    local got = {}
    create {
      queue_limit = 1, overflow = "drop_new",
      inline_states = {
        _start = function() for i = 1, 3 do expect(yield("x", i), true) end end,
        x = function(n) got[#got + 1] = n end,
      },
    }
    expect.run()
    expect(got, { 1 })
  end)

  it("drops what a postback posts", function(expect)
    local got = {}
    local s = create {
      queue_limit = 1, overflow = "drop_new",
      inline_states = {
        _start = function() HEAP.back = SESSION:postback("x", "a") end,
        x = function(own, given) got[#got + 1] = own[1] .. given[1] HEAP.back:release() end,
      },
    }
    local back = s:get_heap().back
    expect(back(1), true)
    expect(back(2), true)
    expect.run()
    expect(got, { "a1" })
  end)

  it("tells who asks", function(expect)
    local s = noter("drop_new", 1, {})
    poe.spawn { _start = function()
      expect(post(s, "x", 1), true)
      expect.fails("ECANCELED", ("ask 'x' of session %d was dropped"):format(s:ID()), poe.ask(s, "x", 2))
      expect(s:stats().dropped, 1)
    end }
    expect.run()
  end)
end)

describe("overflow = drop_old", function()
  it("keeps the newest, in their order, and the counts right", function(expect)
    local got = {}
    local s = noter("drop_old", 3, got)
    local other = poe.spawn { x = expect.times(2) }
    local before = KERNEL:get_event_count()
    for i = 1, 10 do
      expect(post(s, "x", i, "argument"), true)
      if i % 5 == 0 then expect(post(other, "x"), true) end
    end
    expect(KERNEL:get_event_count() - before, 5)
    local stats = s:stats()
    expect({ stats.queued, stats.dropped, stats.refused }, { 3, 7, 0 })
    expect.yes(KERNEL:get_next_event_time())
    expect.run()
    expect(got, { 8, 9, 10 })
    expect(KERNEL:stats().queued, 0)
  end)

  it("holds at limit 1, from its own handler too", function(expect)
    local got = {}
    local s = create {
      queue_limit = 1, overflow = "drop_old",
      inline_states = {
        go = function() for i = 1, 4 do expect(yield("x", i), true) end end,
        x = function(n) got[#got + 1] = n end,
      },
    }
    expect(post(s, "x", 0), true)
    expect(post(s, "go"), true)
    expect.run()
    expect(got, { 4 })
  end)

  it("ends what the sender of the dropped one was kept for", function(expect)
    local order = {}
    local s
    s = create { queue_limit = 1, overflow = "drop_old", inline_states = {
      x = function(n) order[#order + 1] = n end } }
    poe.spawn { _start = function() post(s, "x", "lost") end, _stop = function() order[#order + 1] = "stop" end }
    expect(post(s, "x", "kept"), true)
    expect.run()
    table.sort(order)
    expect(order, { "kept", "stop" })
  end)

  it("drops no timer, no signal and nothing that lets a handler go on", function(expect)
    local s = create {
      queue_limit = 1, overflow = "drop_old",
      inline_states = {
        _start = function() KERNEL:sig("thing", "signal") yield "go" end,
        go = function()
          for _ = 1, 5 do expect.yes(KERNEL:delay_set("timer", 0)) end
          expect(KERNEL:signal(SESSION, "thing"), true)
          expect.fails("ENOBUFS", ("session %d has no room for event 'x'"):format(SESSION:ID()), yield "x")
          poe.sleep(0)
          expect(yield "x", true)
        end,
        x = expect.times(1), timer = expect.times(5), signal = expect.times(1),
      },
    }
    expect.run()
    expect.yes(s)
  end)

  it("answers an ask that it drops", function(expect)
    local s = create { queue_limit = 1, overflow = "drop_old", inline_states = { x = function(n) return n end } }
    local answers = {}
    for i = 1, 3 do
      poe.spawn { _start = function()
        local value, message, code = poe.ask(s, "x", i)
        answers[i] = value or code .. " " .. message
      end }
    end
    expect.run()
    local lost = "ECANCELED ECANCELED: the event was dropped to make room for another"
    expect(answers, { lost, lost, 3 })
  end)

  it("gives back what the dropped ones held", function(expect)
    local s = noter("drop_old", 2, {})
    local held = setmetatable({}, { __mode = "k" })
    for i = 1, 50 do
      local value = {}
      held[value] = true
      post(s, "x", i, value)
    end
    collectgarbage() collectgarbage()
    local n = 0
    for _ in pairs(held) do n = n + 1 end
    expect.yes(n <= 3, n)
    expect.run()
  end)
end)

describe("overflow = wait", function()
  it("lets a poster wait, and posts in order", function(expect)
    local got = {}
    local s = noter("wait", 1, got)
    poe.spawn { _start = function()
      for i = 1, 5 do
        expect(post(s, "x", i), true)
        expect.yes(s:stats().queued <= 1)
      end
      got[#got + 1] = "done"
    end }
    expect.run()
    expect(got, { 1, 2, 3, 4, "done", 5 })
  end)

  it("serves many posters in the order in which they came", function(expect)
    local got, wanted = {}, {}
    local s = noter("wait", 2, got)
    for i = 1, 40 do
      wanted[i] = i
      poe.spawn { _start = function()
        expect(post(s, "x", i), true)
        expect(SENDER, KERNEL)
      end }
    end
    expect.run()
    expect(got, wanted)
  end)

  it("who posts twice waits once ahead of who comes then", function(expect)
    local got = {}
    local s = noter("wait", 1, got)
    local poster = { _start = function(n) yield("go", n) end,
      go = function(n) expect(post(s, "x", n), true) expect(post(s, "x", n + 10), true) end }
    poe.spawn(poster, 1)
    poe.spawn(poster, 2)
    expect.run()
    expect(got, { 1, 11, 2, 12 })
  end)

  it("the event comes from who waited, in its handler's name", function(expect)
    local s
    s = create { queue_limit = 1, overflow = "wait", inline_states = {
      x = function(n, poster)
        if n == 2 then
          expect(SENDER, poster)
          expect(CALLER_STATE, "go")
        end
      end } }
    local poster = poe.spawn { _start = function() yield "go" end, go = function()
      post(s, "x", 1)
      post(s, "x", 2, SESSION)
    end }
    expect.yes(poster)
    expect.run()
  end)

  it("holds for timers, signals and postbacks", function(expect)
    local got = {}
    local s = create { queue_limit = 1, overflow = "wait", inline_states = {
      _start = function() HEAP.back = SESSION:postback "b" end,
      x = function(n) got[#got + 1] = n end,
      b = function(_, list) got[#got + 1] = list[1] if list[1] == "p3" then HEAP.back:release() end end,
    } }
    local back = s:get_heap().back
    poe.spawn {
      _start = function() KERNEL:delay_set("timer", 0.01) KERNEL:sig("thing", "signal") end,
      timer = function()
        for i = 1, 3 do expect(post(s, "x", "t" .. i), true) end
        KERNEL:signal(SESSION, "thing")
      end,
      signal = function()
        KERNEL:sig "thing"
        for i = 1, 3 do expect(post(s, "x", "s" .. i), true) end
        for i = 1, 3 do expect(back("p" .. i), true) end
      end,
    }
    expect.run()
    expect(got, { "t1", "t2", "t3", "s1", "s2", "s3", "p1", "p2", "p3" })
  end)

  it("refuses where nothing can wait", function(expect)
    local s = create { queue_limit = 1, overflow = "wait", inline_states = {
      x = function() end,
      self = function()
        expect(yield "x", true)
        expect.fails("ENOBUFS", ("session %d has no room for event 'x'"):format(SESSION:ID()), yield "x")
      end,
    } }
    local text = ("session %d has no room for event 'x'"):format(s:ID())
    expect(post(s, "self"), true)
    expect.fails("ENOBUFS", text, post(s, "x")) -- outside handlers
    local called = poe.spawn { _start = function() KERNEL:alias_set "called" end,
      try = function() return post(s, "x") end, leave = function() KERNEL:alias_remove "called" end }
    poe.spawn {
      _start = function()
        expect.fails("ENOBUFS", text, call(called, "try"))
        expect.fails("ENOBUFS", text, coroutine.wrap(function() return post(s, "x") end)())
        local list, results = { 2, 1 }, nil
        table.sort(list, function(a, b) results = table.pack(post(s, "x")) return a < b end)
        expect.fails("ENOBUFS", text, table.unpack(results, 1, results.n))
        post(called, "leave")
      end,
      _stop = function()
        post(s, "x")
        expect.fails("ENOBUFS", text, post(s, "x"))
      end,
    }
    expect(s:stats().refused, 4)
    expect.run()
    expect(s:stats(), nil)
  end)

  it("closes a poster that dies, and the next one is served", function(expect)
    local got, closed = {}, 0
    local s = busy(got)
    poe.spawn {
      _start = function()
        KERNEL:delay("die", 0.01)
        local _ <close> = setmetatable({}, { __close = function() closed = closed + 1 end })
        post(s, "x", "lost")
        expect.yes(false, "never goes on")
      end,
      die = function() KERNEL:signal(SESSION, "KILL") end,
      _stop = function() s:get_heap().over = true end,
    }
    poe.spawn { _start = function() expect(post(s, "x", "kept"), true) end }
    expect.run()
    expect(closed, 1)
    expect(got, { "kept" })
  end)

  it("a wait with a timeout leaves the line", function(expect)
    local got = {}
    local s = busy(got)
    poe.spawn { _start = function()
      local value, _, code = poe.with_timeout(0.02, function() return post(s, "x", "late") end)
      expect({ value == nil, code }, { true, "ETIMEDOUT" })
      s:get_heap().over = true
      expect(post(s, "x", "then"), true)
    end }
    expect.run()
    expect(got, { "then" })
  end)

  it("tells those who wait that the session has stopped", function(expect)
    local s = busy {}
    local text, n = ("session %d has stopped"):format(s:ID()), 0
    for i = 1, 3 do
      poe.spawn { _start = function()
        expect.fails("ESRCH", text, (i == 2 and poe.ask or post)(s, "x"))
        n = n + 1
      end }
    end
    poe.spawn { _start = function() KERNEL:delay("kill", 0.01) end,
      kill = function() KERNEL:signal(s, "KILL") end }
    expect.run()
    expect(n, 3)
  end)

  it("asks wait for room, too, and are answered", function(expect)
    local s = create { queue_limit = 1, overflow = "wait", inline_states = { x = function(n) return n * 2 end } }
    local answers = {}
    for i = 1, 10 do
      poe.spawn { _start = function() answers[i] = poe.ask(s, "x", i) end }
    end
    expect.run()
    expect(answers, { 2, 4, 6, 8, 10, 12, 14, 16, 18, 20 })
  end)

  it("goes on when the room comes from events that are dropped with their senders", function(expect)
    local got = {}
    local s = noter("wait", 2, got)
    local dead = poe.spawn { _start = function() post(s, "x", "dead") post(s, "x", "dead") end }
    poe.spawn { _start = function() expect(post(s, "x", "alive"), true) end }
    KERNEL:signal(dead, "KILL")
    expect.run()
    expect(got[#got], "alive")
  end)

  it("two that post to each other get on", function(expect)
    local a, b
    local n = 0
    local function states()
      return { go = function(other) for _ = 1, 20 do expect(post(other, "x"), true) end end,
        x = function() n = n + 1 end }
    end
    a = create { queue_limit = 1, overflow = "wait", inline_states = states() }
    b = create { queue_limit = 1, overflow = "wait", inline_states = states() }
    post(a, "go", b)
    post(b, "go", a)
    expect.run()
    expect(n, 40)
  end)

  it("an ask of the main chunk waits for room, and the chunk goes on", function(expect)
    local out, err, code = run_poe [[
local s = poe.Session.create { queue_limit = 1, overflow = "wait", inline_states = { x = function(n) return n end } }
print(post(s, "x", 1))
print(poe.ask(s, "x", 2))
]]
    expect({ out, err, code }, { "true\n2\n", "", 0 })
  end)

  it("the end of all closes those who wait", function(expect)
    local closed = {}
    local s = busy {}
    for i = 1, 4 do
      poe.spawn { _start = function()
        local _ <close> = setmetatable({}, { __close = function() closed[#closed + 1] = i end })
        if i % 2 == 0 then poe.ask(s, "x", {}) else post(s, "x", {}) end
        closed[#closed + 1] = "went on"
      end }
    end
    poe.spawn { _start = function() KERNEL:delay("over", 0.01) end, over = function() KERNEL:stop() end }
    expect.run()
    table.sort(closed, function(a, b) return tostring(a) < tostring(b) end)
    expect(closed, { 1, 2, 3, 4 })
  end)
end)

describe("what a wheel defers to itself", function()
  it("is not subject to its session's queue_limit", function(expect)
    local lines = {}
    local ours, theirs = poe.socket.pair()
    create {
      queue_limit = 1, overflow = "drop_new",
      inline_states = {
        _start = function()
          local filter = poe.filter.Stackable.new { filters = { poe.filter.Line.new(),
            poe.filter.Map.new { get = string.upper, put = string.lower } } }
          HEAP.wheel = poe.wheel.ReadWrite.new { handle = ours, filter = filter, input_event = "line" }
          theirs:write "one\ntwo\n"
        end,
        line = function(line)
          lines[#lines + 1] = line
          HEAP.wheel:pause_input()
          if #lines == 1 then KERNEL:delay("go", 0.01) end
        end,
        go = function()
          expect(yield "fill", true)
          HEAP.wheel:resume_input() -- what is held comes as an event
          expect(SESSION:stats().queued, 2)
          KERNEL:delay("over", 0.02)
        end,
        fill = expect.times(1),
        over = function()
          HEAP.wheel:close()
          theirs:close()
        end,
      },
    }
    expect.run()
    expect(lines, { "ONE", "TWO" })
  end)
end)
