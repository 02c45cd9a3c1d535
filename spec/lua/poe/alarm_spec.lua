--- Section 5: timers.
local poe = require "poe"

local function nothing() end

describe("alarm and delay", function()
  it("R97 return true", function(expect)
    expect.within(function()
      expect(table.pack(KERNEL:alarm("x", poe.time() + 1000)), { true, n = 1 })
      expect(table.pack(KERNEL:delay("x", 1000)), { true, n = 1 })
      expect(table.pack(KERNEL:alarm_add("x", poe.time() + 1000)), { true, n = 1 })
      expect(table.pack(KERNEL:delay_add("x", 1000)), { true, n = 1 })
      expect(table.pack(KERNEL:alarm "x"), { true, n = 1 })
      expect(table.pack(KERNEL:delay "nothing"), { true, n = 1 })
      expect(KERNEL:alarm_remove_all(), {})
    end)
  end)

  it("R98 are one of a kind: the last replaces all of the name, also those set by ID", function(expect)
    poe.spawn {
      _start = function()
        KERNEL:delay("e", 0.01, 1)
        KERNEL:delay("e", 0.02, 2)
        KERNEL:delay_set("e", 0, 3)
        KERNEL:alarm_set("e", 1, 4)
        KERNEL:delay_add("e", 0, 5)
        KERNEL:alarm("e", poe.time() + 0.03, 6)
        KERNEL:delay_set("e", 0.005, 7)
      end,
      e = function(n) expect.log(n) end,
    }
    expect.run()
    expect.logged { "7", "6" }
  end)

  it("R98 the _add and _set ones stand beside", function(expect)
    poe.spawn {
      _start = function()
        KERNEL:delay("e", 0.001, 1)
        KERNEL:delay_add("e", 0.002, 2)
        KERNEL:alarm_add("e", poe.time() + 0.003, 3)
        KERNEL:delay_set("e", 0.004, 4)
        KERNEL:alarm_set("e", 5, 5)
      end,
      e = function(n) expect.log(n) end,
    }
    expect.run()
    expect.logged { "5", "1", "2", "3", "4" }
  end)

  it("R99 without a time clear every timer of the name, and nothing else", function(expect)
    poe.spawn {
      _start = function()
        KERNEL:delay_set("e", 0)
        KERNEL:delay_add("e", 0)
        KERNEL:delay_set("f", 0)
        yield "e"
        KERNEL:delay "e"
        KERNEL:alarm_set("g", 1)
        KERNEL:alarm "g"
        KERNEL:delay("h", 0)
        KERNEL:delay("h", nil)
      end,
      e = expect.times(1), f = expect.times(1), g = expect.never(), h = expect.never(),
    }
    expect.run()
  end)

  it("R110 do not touch another session's timers of the name", function(expect)
    poe.spawn { _start = function() KERNEL:delay("e", 0.01) end, e = expect.times(1) }
    poe.spawn { _start = function() KERNEL:delay("e", 0) KERNEL:delay "e" end, e = expect.never() }
    expect.run()
  end)

  it("carry their arguments, nils among them, up to 300", function(expect)
    local list = {}
    for i = 1, 300 do if i % 3 ~= 0 then list[i] = i end end
    local seen = 0
    poe.spawn {
      _start = function()
        for n = 0, 300, 7 do KERNEL:delay_add("x", 0, n, table.unpack(list, 1, n)) end
      end,
      x = function(n, ...)
        local wanted = table.pack(table.unpack(list, 1, n))
        expect(table.pack(...), wanted)
        seen = seen + 1
      end,
    }
    collectgarbage()
    expect.run()
    expect(seen, 43)
  end)

  it("R111 never fire early", function(expect)
    poe.spawn {
      _start = function()
        for _, seconds in ipairs { 0, 0.0001, 0.001, 0.0123, 0.03 } do
          KERNEL:delay_set("x", seconds, poe.time() + seconds)
          KERNEL:alarm_set("x", poe.time() + seconds, poe.time() + seconds)
        end
      end,
      x = expect.times(10, function(due) expect(poe.time() >= due - 2e-6, true) end),
    }
    expect.run()
  end)

  it("R32 R113 fire by time, equal times in the order they were set", function(expect)
    poe.spawn {
      _start = function()
        local at = poe.time() + 0.01
        for i = 1, 5 do KERNEL:alarm_set("x", at, i) end
        KERNEL:alarm_set("x", at - 0.005, 0)
        KERNEL:alarm_set("x", at + 0.005, 7)
        KERNEL:alarm_set("x", at, 6)
      end,
      x = function(n) expect.log(n) end,
    }
    expect.run()
    expect.logged { "0", "1", "2", "3", "4", "5", "6", "7" }
  end)

  it("keep the session until they have fired (R61)", function(expect)
    poe.spawn {
      _start = function() KERNEL:delay("x", 0.01) end,
      x = function() expect.log "x" end, _stop = function() expect.log "stop" end,
    }
    poe.spawn { _start = function() KERNEL:delay("y", 0.02) end, y = function() expect.log "y" end }
    expect.run()
    expect.logged { "x", "stop", "y" }
  end)

  it("R108 R103 set in the past fire at once", function(expect)
    poe.spawn {
      _start = function()
        KERNEL:alarm("a", -1e9) KERNEL:delay("b", -1e9) KERNEL:alarm("c", -math.huge) KERNEL:delay("d", -math.huge)
      end,
      a = expect.times(1), b = expect.times(1), c = expect.times(1), d = expect.times(1),
    }
    expect.run()
  end)

  it("set beyond all times never fire, and can be removed", function(expect)
    expect.within(function()
      for _, time in ipairs { math.huge, 1e300, 1e18, math.maxinteger } do
        local id = KERNEL:alarm_set("x", time)
        local event, due = KERNEL:alarm_remove(id)
        expect(event, "x")
        expect(due >= 4e9, true)
        id = KERNEL:delay_set("x", time)
        expect(KERNEL:alarm_remove(id), "x")
      end
    end)
  end)

  it("R42 outside any session belong to the kernel and are lost", function(expect)
    expect(KERNEL:delay("x", 0), true)
    expect.yes(KERNEL:alarm_set("x", 1))
    poe.spawn {}
    expect.run()
  end)

  it("raise wrong arguments, at the caller", function(expect)
    local function wrong()
      for name, what in pairs { alarm = "time", alarm_add = "time", alarm_set = "time", delay = "seconds",
                                delay_add = "seconds", delay_set = "seconds" } do
        local function raises(text, code, ...)
          local fn = assert(load("return function(...) KERNEL:" .. name .. code .. " end"))()
          expect.raises("bad argument " .. text:format(name), fn, ...)
        end
        raises("#1 to '%s' (event: string expected, got no value)", "()")
        raises("#1 to '%s' (event: string expected, got nil)", "(nil, 1)")
        raises("#1 to '%s' (event: string expected, got number)", "(1, 1)")
        raises("#1 to '%s' (event: string expected, got table)", "({}, 1)")
        raises("#1 to '%s' (event: 'a' contains a zero byte)", "('a\\0b', 1)")
        raises("#2 to '%s' (" .. what .. ": number expected, got string)", "('x', 'soon')")
        raises("#2 to '%s' (" .. what .. ": number expected, got string)", "('x', '1')")
        raises("#2 to '%s' (" .. what .. ": number expected, got table)", "('x', {})")
        raises("#2 to '%s' (" .. what .. ": number expected, got boolean)", "('x', false)")
        raises("#2 to '%s' (" .. what .. ": must be a time, got nan)", "('x', 0/0)")
        raises("#2 to '%s' (" .. what .. ": must be a time, got nan)", "('x', -(0/0))")
        if name ~= "alarm" and name ~= "delay" then
          raises("#2 to '%s' (" .. what .. ": number expected, got no value)", "('x')")
          raises("#2 to '%s' (" .. what .. ": number expected, got nil)", "('x', nil)")
        end
        local dot = assert(load(("return function() KERNEL.%s('x', 1) end"):format(name)))()
        expect.raises(("bad self of '%s' (KERNEL expected, got string; call it KERNEL:%s)"):format(name, name), dot)
      end
      expect(KERNEL:alarm_remove_all(), {})
    end
    wrong()
    expect.within(wrong)
  end)

  it("that raise have changed nothing", function(expect)
    poe.spawn {
      _start = function()
        KERNEL:delay("x", 0.001)
        expect(pcall(KERNEL.delay, KERNEL, "x", 0 / 0), false)
        expect(pcall(KERNEL.alarm, KERNEL, "x", "soon"), false)
      end,
      x = expect.times(1),
    }
    expect.run()
  end)
end)

describe("timer IDs", function()
  it("are positive integers, and different", function(expect)
    expect.within(function()
      local seen = {}
      for i = 1, 100 do
        local id = i % 2 == 0 and KERNEL:alarm_set("x", poe.time() + 1000) or KERNEL:delay_set("x", 1000)
        expect(math.type(id), "integer")
        expect(id > 0, true)
        expect(seen[id], nil)
        seen[id] = true
        if i % 3 == 0 then KERNEL:alarm_remove(id) end
      end
      KERNEL:alarm_remove_all()
    end)
  end)

  it("of fired and removed timers find nothing, not a stranger", function(expect)
    poe.spawn {
      _start = function() HEAP.id = KERNEL:delay_set("x", 0) end,
      x = function()
        expect.fails("ESRCH", "no such timer: " .. HEAP.id, KERNEL:alarm_remove(HEAP.id))
        for _ = 1, 50 do KERNEL:delay_set("y", 1000) end
        expect.fails("ESRCH", "no such timer: " .. HEAP.id, KERNEL:alarm_remove(HEAP.id))
        expect(#KERNEL:alarm_remove_all(), 50)
      end,
    }
    expect.run()
  end)
end)

describe("alarm_remove", function()
  it("R100 gives event, time and the list of arguments", function(expect)
    expect.within(function()
      local id = KERNEL:alarm_set("x", 4102444800.125, "a", nil, 3, nil)
      expect(table.pack(KERNEL:alarm_remove(id)), { "x", 4102444800.125, { "a", nil, 3, nil, n = 4 }, n = 3 })
      id = KERNEL:alarm_set("y", 4102444800)
      local event, time, args = KERNEL:alarm_remove(id)
      expect({ event, time, #args, args.n }, { "y", 4102444800.0, 0, 0 })
      expect(math.type(time), "float")
      local before = poe.time()
      id = KERNEL:delay_set("z", 50)
      event, time = KERNEL:alarm_remove(id)
      expect(event, "z")
      expect(time >= before + 50 and time <= poe.time() + 50.001, true)
    end)
  end)

  it("gives back the time that was asked for, to the microsecond", function(expect)
    expect.within(function()
      for _ = 1, 50 do
        local time = poe.time() + 100
        local _, due = KERNEL:alarm_remove(KERNEL:alarm_set("x", time))
        expect(due, time)
      end
      for _, time in ipairs { 0, 1, 1.5, 1e9 + 0.000001, 2000000000.123456, 4e9, -5.25, 1e10 } do
        local _, due = KERNEL:alarm_remove(KERNEL:alarm_set("x", time))
        expect(due, time + 0.0)
      end
    end)
  end)

  it("R101 fails with ESRCH and EPERM", function(expect)
    local id
    poe.spawn { _start = function() id = KERNEL:delay_set("x", 0.01) end, x = expect.times(1) }
    expect.within(function()
      expect.fails("EPERM", ("timer %d belongs to another session"):format(id), KERNEL:alarm_remove(id))
      expect.fails("EPERM", ("timer %d belongs to another session"):format(id), KERNEL:alarm_adjust(id, 1))
      expect.fails("EPERM", ("timer %d belongs to another session"):format(id), KERNEL:delay_adjust(id, 1))
      for _, bad in ipairs { 0, -1, 1, 12345678901, math.maxinteger, math.mininteger } do
        expect.fails("ESRCH", "no such timer: " .. bad, KERNEL:alarm_remove(bad))
        expect.fails("ESRCH", "no such timer: " .. bad, KERNEL:alarm_adjust(bad, 1))
        expect.fails("ESRCH", "no such timer: " .. bad, KERNEL:delay_adjust(bad, 1))
      end
    end)
    expect.run()
  end)

  it("R101 of a timer in its own handler fails", function(expect)
    poe.spawn {
      _start = function() HEAP.id = KERNEL:delay_set("x", 0) end,
      x = function() expect(select(3, KERNEL:alarm_remove(HEAP.id)), "ESRCH") end,
    }
    expect.run()
  end)

  it("raises wrong arguments, at the caller", function(expect)
    expect.raises("bad argument #1 to 'alarm_remove' (timer ID expected, got no value)", function() KERNEL:alarm_remove() end)
    expect.raises("bad argument #1 to 'alarm_remove' (timer ID expected, got nil)", function() KERNEL:alarm_remove(nil) end)
    expect.raises("bad argument #1 to 'alarm_remove' (timer ID expected, got string)", function() KERNEL:alarm_remove "x" end)
    expect.raises("bad argument #1 to 'alarm_remove' (timer ID expected, got 1.5)", function() KERNEL:alarm_remove(1.5) end)
    expect.raises("bad argument #1 to 'alarm_remove' (timer ID expected, got table)", function() KERNEL:alarm_remove {} end)
    expect.raises("bad self of 'alarm_remove' (KERNEL expected, got number; call it KERNEL:alarm_remove)",
      function() KERNEL.alarm_remove(1) end)
  end)
end)

describe("alarm_adjust and delay_adjust", function()
  it("R103 alarm_adjust adds to the due time and gives the new one", function(expect)
    expect.within(function()
      local id = KERNEL:alarm_set("x", 4102444800)
      expect(table.pack(KERNEL:alarm_adjust(id, 10.5)), { 4102444810.5, n = 1 })
      expect(KERNEL:alarm_adjust(id, -20), 4102444790.5)
      expect(KERNEL:alarm_adjust(id, 0), 4102444790.5)
      expect(select(2, KERNEL:alarm_remove(id)), 4102444790.5)
    end)
  end)

  it("R104 delay_adjust sets it to seconds from now and gives that time", function(expect)
    expect.within(function()
      local id = KERNEL:alarm_set("x", 4102444800)
      local before = poe.time()
      local due = KERNEL:delay_adjust(id, 60)
      expect(due >= before + 60 and due <= poe.time() + 60.001, true)
      expect(select(2, KERNEL:alarm_remove(id)), due)
    end)
  end)

  it("R105 adjusting by 0 keeps the place, moving to a taken time goes last", function(expect)
    poe.spawn {
      _start = function()
        local ids, at = {}, poe.time() + 0.01
        for i = 1, 4 do ids[i] = KERNEL:alarm_set("x", at, i) end
        KERNEL:alarm_adjust(ids[1], 0)
        KERNEL:alarm_adjust(ids[2], 1)
        KERNEL:alarm_adjust(ids[2], -1)
      end,
      x = function(n) expect.log(n) end,
    }
    expect.run()
    expect.logged { "1", "3", "4", "2" }
  end)

  it("R106 to an earlier time wakes the loop", function(expect)
    local started = poe.time()
    poe.spawn {
      _start = function()
        KERNEL:alarm_adjust(KERNEL:delay_set("x", 3600), -3599.99)
        KERNEL:delay_adjust(KERNEL:delay_set("y", 3600), 0.01)
      end,
      x = expect.times(1), y = expect.times(1),
    }
    expect.run()
    expect(poe.time() - started < 5, true)
  end)

  it("R108 into the past inside a handler fires in this slice", function(expect)
    poe.spawn {
      _start = function() HEAP.id = KERNEL:delay_set("t", 3600) yield "go" end,
      go = function() expect.log "go" KERNEL:alarm_adjust(HEAP.id, -7200) yield "y" end,
      t = function() expect.log "t" end, y = function() expect.log "y" end,
    }
    poe.spawn { _start = function() yield "x" end, x = function() expect.log "x" end }
    expect.run()
    expect.logged { "go", "t", "x", "y" }
  end)

  it("raise wrong arguments, at the caller", function(expect)
    local id
    expect.within(function()
      id = KERNEL:delay_set("x", 1000)
      expect.raises("bad argument #1 to 'alarm_adjust' (timer ID expected, got no value)", function() KERNEL:alarm_adjust() end)
      expect.raises("bad argument #1 to 'alarm_adjust' (timer ID expected, got string)", function() KERNEL:alarm_adjust("1", 1) end)
      expect.raises("bad argument #2 to 'alarm_adjust' (delta: number expected, got no value)", function() KERNEL:alarm_adjust(id) end)
      expect.raises("bad argument #2 to 'alarm_adjust' (delta: number expected, got string)", function() KERNEL:alarm_adjust(id, "1") end)
      expect.raises("bad argument #2 to 'alarm_adjust' (delta: must be a time, got nan)", function() KERNEL:alarm_adjust(id, 0 / 0) end)
      expect.raises("bad argument #1 to 'delay_adjust' (timer ID expected, got table)", function() KERNEL:delay_adjust({}, 1) end)
      expect.raises("bad argument #2 to 'delay_adjust' (seconds: number expected, got no value)", function() KERNEL:delay_adjust(id) end)
      expect.raises("bad argument #2 to 'delay_adjust' (seconds: must be a time, got nan)", function() KERNEL:delay_adjust(id, 0 / 0) end)
      expect(KERNEL:alarm_remove(id), "x")
    end)
    expect.raises("bad self of 'alarm_adjust' (KERNEL expected, got number; call it KERNEL:alarm_adjust)",
      function() KERNEL.alarm_adjust(1, 1) end)
    expect.raises("bad self of 'delay_adjust' (KERNEL expected, got number; call it KERNEL:delay_adjust)",
      function() KERNEL.delay_adjust(1, 1) end)
  end)

  it("by infinity is the end of time, or at once", function(expect)
    poe.spawn {
      _start = function()
        HEAP.id = KERNEL:delay_set("x", 0)
        expect.yes(KERNEL:alarm_adjust(HEAP.id, math.huge))
        local now = KERNEL:delay_set("y", 1000)
        expect.yes(KERNEL:delay_adjust(now, -math.huge))
      end,
      x = expect.never(),
      y = expect.times(1, function() expect(KERNEL:alarm_remove(HEAP.id), "x") end),
    }
    expect.run()
  end)
end)

describe("alarm_remove_all", function()
  it("R107 gives this session's timers in due order, those made by name with a delay at 0", function(expect)
    poe.spawn { _start = function() KERNEL:delay("other", 0.001) end, other = expect.times(1) }
    poe.spawn {
      _start = function()
        yield "stays"
        KERNEL:alarm_set("c", 4102444803, 1, nil, nil)
        KERNEL:alarm_set("a", 4102444801)
        KERNEL:alarm("b", 4102444802, nil)
        KERNEL:delay("d", 1000, "x")
        KERNEL:delay_add("d", 2000)
        local before = poe.time()
        KERNEL:delay_set("e", 3000)
        local all = KERNEL:alarm_remove_all()
        expect(#all, 6)
        expect({ all[1][1], all[1][2], all[1][3] }, { "d", 0.0, { "x", n = 1 } })
        expect({ all[2][1], all[2][2], all[2][3].n }, { "d", 0.0, 0 })
        expect(all[3][1], "e")
        expect(all[3][2] >= before + 3000 and all[3][2] < before + 3100, true)
        expect({ all[4][1], all[4][2], all[4][3].n }, { "a", 4102444801.0, 0 })
        expect({ all[5][1], all[5][2], all[5][3].n }, { "b", 4102444802.0, 1 })
        expect({ all[6][1], all[6][2], all[6][3].n }, { "c", 4102444803.0, 3 })
        expect(KERNEL:alarm_remove_all(), {})
      end,
      stays = expect.times(1),
      a = expect.never(), b = expect.never(), c = expect.never(), d = expect.never(), e = expect.never(),
    }
    expect.run()
  end)

  it("handles many, and lets new ones be set", function(expect)
    local n = expect.heavy(20000)
    expect.within(function()
      for i = 1, n do KERNEL:alarm_set("x", 4102444800 + (i * 7919) % n, i) end
      local all = KERNEL:alarm_remove_all()
      expect(#all, n)
      local sorted = true
      for i = 2, n do sorted = sorted and all[i - 1][2] <= all[i][2] end
      expect(sorted, true)
      expect.yes(KERNEL:delay_set("y", 0))
    end)
  end)
end)

describe("timers and the garbage collector", function()
  it("keep names and arguments of 20000 timers through collections", function(expect)
    local n, seen = expect.heavy(20000), 0
    poe.spawn {
      _start = function()
        for i = 1, n do KERNEL:delay_set("event" .. i % 100, (n - i) * 1e-7, { i }, "text" .. i) end
        collectgarbage()
      end,
      _stop = nothing,
      _default = function(event, args)
        seen = seen + 1
        local i = args[1][1]
        if event ~= "event" .. i % 100 or args[2] ~= "text" .. i then expect(event, "event" .. i % 100) end
      end,
    }
    expect.run()
    expect(seen, n)
  end)
end)
