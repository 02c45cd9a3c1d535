--- session:stats() and KERNEL:stats().
local function pick(stats, ...)
  local picked = {}
  for i, name in ipairs { ... } do picked[i] = stats[name] end
  return picked
end

local function spin(seconds)
  local till = poe.hrtime() + seconds * 1e9
  while poe.hrtime() < till do end
end

describe("session:stats", function()
  it("counts what is queued, the most that was, and what has been handled", function(expect)
    local s
    s = poe.spawn {
      _start = function() for _ = 1, 4 do yield "x" end end,
      x = function()
        if HEAP.done then return end
        HEAP.done = true
        expect(pick(SESSION:stats(), "queued", "peak", "handled"), { 3, 4, 2 })
        yield "x"
        expect(pick(SESSION:stats(), "queued", "peak", "handled"), { 4, 4, 2 })
        yield "x"
        expect(pick(SESSION:stats(), "queued", "peak"), { 5, 5 })
        KERNEL:delay("last", 0.01)
      end,
      last = function()
        expect(pick(SESSION:stats(), "queued", "peak", "handled", "refused", "dropped"), { 0, 5, 8, 0, 0 })
      end,
    }
    expect(pick(s:stats(), "queued", "peak", "handled"), { 4, 4, 1 })
    expect.run()
  end)

  it("does not count the event being handled, in a chain of its own", function(expect)
    poe.spawn {
      _start = function() yield("x", 10) end,
      x = function(n)
        if n > 0 then return yield("x", n - 1) end
        expect(pick(SESSION:stats(), "queued", "peak", "handled"), { 0, 1, 12 })
      end,
    }
    expect.run()
  end)

  it("tells what the queued events hold, and nothing when none is queued", function(expect)
    local s = poe.spawn { _start = function() KERNEL:alias_set "s" end,
      x = function() end, over = function() KERNEL:alias_remove "s" end }
    expect(s:stats().memory, 0)
    post(s, "x")
    local one = s:stats().memory
    expect.yes(one >= 48)
    post(s, "x", 1, 2, 3)
    expect(s:stats().memory, 2 * one + 3 * 16)
    poe.spawn { _start = function() KERNEL:delay("look", 0.01) end, look = function()
      expect(s:stats().memory, 0)
      post(s, "over")
    end }
    expect.run()
  end)

  it("of a session that has stopped fails", function(expect)
    local s = poe.spawn { _start = function() end }
    expect.run()
    expect.fails("ESRCH", ("no such session: session %d"):format(s:ID()), s:stats())
  end)

  it("raises without a session", function(expect)
    local s = poe.spawn { _start = function() end }
    expect.raises("bad argument #1 to 'stats' (session expected, got no value)", function() s.stats() end)
    expect.raises("bad self of 'stats' (KERNEL expected, got no value; call it KERNEL:stats)",
      function() KERNEL.stats() end)
  end)
end)

describe("the time in stats", function()
  it("is measured from the first stats() on, each handler's own", function(expect)
    KERNEL:stats()
    local inner, outer
    inner = poe.spawn {
      _start = function() KERNEL:alias_set "inner" end,
      spin = function() spin(0.03) end, over = function() KERNEL:alias_remove "inner" end,
    }
    outer = poe.spawn {
      _start = function() yield "go" end,
      go = function()
        call(inner, "spin")
        spin(0.01)
        local mine, its = SESSION:stats().time, inner:stats().time
        expect.yes(its >= 0.03 and its < 0.3, its)
        expect.yes(mine >= 0.01 and mine < its, mine)
        KERNEL:delay("later", 0.05)
      end,
      later = function()
        expect.yes(SESSION:stats().time < inner:stats().time, "time asleep is nobody's")
        expect.yes(KERNEL:stats().time >= 0.04)
        post(inner, "over")
      end,
    }
    expect.yes(outer)
    expect.run()
  end)

  it("of a handler that waits does not count the wait", function(expect)
    KERNEL:option { stats = true }
    poe.spawn { _start = function()
      spin(0.002)
      poe.sleep(0.1)
      spin(0.002)
      local time = SESSION:stats().time
      expect.yes(time >= 0.004 and time < 0.1, time)
    end }
    expect.run()
  end)

  it("is not measured before, nor with the option off", function(expect)
    local out, err = run_poe [[
local function spin() local till = poe.hrtime() + 5e6 while poe.hrtime() < till do end end
local s = poe.spawn { _start = function() KERNEL:alias_set "s" end, x = spin, over = function() KERNEL:alias_remove "s" end }
call(s, "x")
print(s:stats().time == 0)
call(s, "x")
local time = s:stats().time
print(time >= 0.005)
KERNEL:option { stats = false }
call(s, "x")
print(s:stats().time == time)
post(s, "over")
]]
    expect(out, "true\ntrue\ntrue\n")
    expect(err, "")
  end)
end)

describe("KERNEL:stats", function()
  it("sums over those there are and those that are gone", function(expect)
    local before = KERNEL:stats()
    local s = poe.Session.create { queue_limit = 2, inline_states = { x = function() end } }
    for _ = 1, 5 do post(s, "x") end
    local now = KERNEL:stats()
    expect(pick(now, "queued", "sessions"), { 2, 1 })
    expect(now.refused - before.refused, 3)
    expect.yes(now.peak >= 2)
    expect.yes(now.memory > 0)
    expect.run()
    local after = KERNEL:stats()
    expect(pick(after, "queued", "sessions", "timers", "handles"), { 0, 0, 0, 0 })
    expect(after.refused - before.refused, 3)
    expect(after.handled - before.handled, 4) -- _start, twice x, _stop
  end)

  it("counts timers and handles", function(expect)
    poe.spawn { _start = function()
      local a, b = poe.pipe()
      KERNEL:select_read(a, "ready")
      KERNEL:delay_set("t", 0.01)
      KERNEL:delay_set("t", 0.01)
      expect(pick(KERNEL:stats(), "timers", "handles", "sessions"), { 2, 1, 1 })
      KERNEL:select_read(a)
      a:close()
      b:close()
    end, t = expect.times(2) }
    expect.run()
  end)
end)
