--- Section 8: handlers that wait: poe.sleep, poe.ask, poe.wait, poe.with_timeout.
local poe = require "poe"

local function nothing() end

--- A <close> variable that calls fn with the error that closes it.
local function closing(fn)
  return setmetatable({}, { __close = function(_, e) return fn(e) end })
end

--- Which reasons of a kind keep the session, by count; 0 when none.
local function kept_by(session, kind)
  for _, reason in ipairs(session:why()) do
    if reason.kind == kind then return reason.count end
  end
  return 0
end

--- A session that handles its own DIE and hands the record to `heard`.
local function survivor(states, heard)
  local start = states._start
  states._start = function(...)
    KERNEL:sig("DIE", "died")
    if start then return start(...) end
  end
  states.died = function(_, info)
    KERNEL:sig_handled()
    heard(info)
  end
  return states
end

--- The names a handler sees, as one text.
local function names()
  local function id(session) return session and session:ID() end
  return ("%s %s %s %s %s %s"):format(id(SESSION), HEAP and HEAP.name, id(SENDER), STATE, EVENT, CALLER_STATE)
end

local function line_here()
  return debug.getinfo(2, "l").currentline
end

describe("poe.sleep", function()
  it("suspends the handler, not its session", function(expect)
    local s = poe.spawn {
      _start = function() yield "slow" yield "quick" end,
      slow = function()
        expect.log "before"
        local t = poe.time()
        poe.sleep(0.02)
        expect(poe.time() - t >= 0.02, true)
        expect.log "after"
      end,
      quick = function()
        expect.log "quick"
        expect(kept_by(SESSION, "suspended"), 1)
      end,
    }
    expect.run()
    expect.logged { "before", "quick", "after" }
    expect(s:why(), {})
  end)

  it("returns nothing", function(expect)
    expect.within(function() expect(select("#", poe.sleep(0)), 0) expect(select("#", poe.sleep(0.001)), 0) end)
  end)

  it("of no time or less lets the rest of the slice run", function(expect)
    for _, seconds in ipairs { 0, -1, -1e300, -math.huge } do
      poe.spawn {
        _start = function() yield "a" yield "b" end,
        a = function() expect.log "a1" poe.sleep(seconds) expect.log "a2" poe.sleep(seconds) expect.log "a3" end,
        b = function() expect.log "b1" yield "c" end,
        c = function() expect.log "c" end,
      }
      expect.run()
      expect.logged { "a1", "b1", "a2", "c", "a3" }
    end
  end)

  it("for ever ends with the session", function(expect)
    for _, seconds in ipairs { math.huge, 1e300, 1e10 } do
      local s = poe.spawn {
        _start = function() KERNEL:delay("kill", 0.005) poe.sleep(seconds) expect.log "never" end,
        kill = function()
          expect(kept_by(SESSION, "suspended"), 1)
          KERNEL:signal(SESSION, "KILL")
        end,
      }
      expect.run()
      expect.logged {}
      expect(s:why(), {})
    end
  end)

  it("takes a number of seconds", function(expect)
    poe.spawn { _start = function()
      expect.raises("bad argument #1 to 'sleep' (seconds: number expected, got nil)", function() poe.sleep(nil) end)
      expect.raises("bad argument #1 to 'sleep' (seconds: number expected, got no value)", function() poe.sleep() end)
      expect.raises("bad argument #1 to 'sleep' (seconds: number expected, got table)", function() poe.sleep {} end)
      expect.raises("bad argument #1 to 'sleep' (seconds: must be a time, got nan)", function() poe.sleep(0 / 0) end)
    end }
    expect.run()
  end)

  it("ends in the order of the times, equal times in the order they were asked for", function(expect)
    poe.spawn {
      _start = function() for i, t in ipairs { 0.03, 0.01, 0.02, 0.01 } do yield("nap", i, t) end end,
      nap = function(i, t) poe.sleep(t) expect.log(i) end,
    }
    expect.run()
    expect.logged { "2", "4", "3", "1" }
  end)

  it("is no timer of the session's", function(expect)
    poe.spawn {
      _start = function() yield "nap" yield "clear" end,
      nap = function() poe.sleep(0.01) expect.log "woken" end,
      clear = function() expect(KERNEL:alarm_remove_all(), {}) end,
    }
    expect.run()
    expect.logged { "woken" }
  end)

  it("1000 handlers of one session sleep at once", function(expect)
    local n, woken = expect.heavy(1000), 0
    local s = poe.spawn {
      _start = function() for i = 1, n do yield("nap", i) end yield "count" end,
      nap = function(i) poe.sleep(0.02 + (i % 10) * 1e-3) woken = woken + 1 end,
      count = function() expect(kept_by(SESSION, "suspended"), n) end,
    }
    expect.run()
    expect(woken, n)
    expect(s:why(), {})
  end)
end)

describe("poe.ask", function()
  it("returns the handler's results, any number of them, nils included", function(expect)
    local server = poe.spawn {
      _start = function() KERNEL:alias_set "server" KERNEL:refcount_increment(SESSION:ID(), "t") end,
      echo = function(...) return ... end,
      bye = function() KERNEL:refcount_decrement(SESSION:ID(), "t") KERNEL:alias_remove "server" end,
    }
    poe.spawn { _start = function()
      for _, to in ipairs { server, "server", server:ID() } do
        expect(table.pack(poe.ask(to, "echo")), { n = 0 })
        expect(table.pack(poe.ask(to, "echo", nil)), { n = 1 })
        expect(table.pack(poe.ask(to, "echo", nil, false, nil)), { nil, false, nil, n = 3 })
        expect(table.pack(poe.ask(to, "echo", 1, "two", nil, 4.5, nil)), { 1, "two", nil, 4.5, nil, n = 5 })
        local many = {}
        for i = 1, 300 do many[i] = i end
        expect(table.pack(poe.ask(to, "echo", table.unpack(many))).n, 300)
        expect(select(300, poe.ask(to, "echo", table.unpack(many))), 300)
        local t = {}
        expect(rawequal(poe.ask(to, "echo", t), t), true)
      end
      poe.ask(server, "bye")
    end }
    expect.run()
  end)

  it("waits for a handler that waits, in whichever turn it ends", function(expect)
    local server = poe.spawn { _start = function() KERNEL:delay("end", 0.1) end, ["end"] = nothing,
      slow = function(x) poe.sleep(0.005) poe.sleep(0.005) return x, "late" end }
    poe.spawn { _start = function() expect({ poe.ask(server, "slow", 1) }, { 1, "late" }) end }
    expect.run()
  end)

  it("is queued like a post", function(expect)
    local server = poe.spawn { _start = function() yield "first" end,
      first = function() expect.log "first" end, asked = function() expect.log "asked" end,
      last = function() expect.log "last" end }
    poe.spawn { _start = function()
      post(server, "first")
      yield "posts"
      poe.ask(server, "asked")
      expect.log "answered"
    end, posts = function() post(server, "last") end }
    expect.run()
    expect.logged { "first", "first", "asked", "last", "answered" }
  end)

  it("asks its own session, too", function(expect)
    poe.spawn { _start = function()
      expect(table.pack(poe.ask(SESSION, "double", 21)), { 42, n = 1 })
      expect(table.pack(poe.ask(SESSION, "none", 21)).n, 0)
    end, double = function(x) return 2 * x end, none = nothing }
    expect.run()
  end)

  it("ESRCH when there is no such session", function(expect)
    poe.spawn { _start = function()
      expect.fails("ESRCH", "no such session: nobody", poe.ask("nobody", "x"))
      expect.fails("ESRCH", "no such session: 999999", poe.ask(999999, "x"))
      local gone = poe.spawn {}
      poe.sleep(0.002)
      expect.fails("ESRCH", ("no such session: %d"):format(gone:ID()), poe.ask(gone:ID(), "x"))
      expect.fails("ESRCH", "no such session: " .. tostring(gone), poe.ask(gone, "x"))
    end }
    expect.run()
  end)

  it("ENOSYS when it has no handler, but a _default is one", function(expect)
    warn "@off"
    local server = poe.spawn { _start = function() KERNEL:delay("end", 0.05) end, ["end"] = nothing }
    local by_default = poe.spawn { _start = function() KERNEL:delay("end", 0.05) end, ["end"] = nothing,
      _default = function(event, list) return event, list.n, list[1], list[3] end }
    poe.spawn { _start = function()
      expect.fails("ENOSYS", ("session %d has no handler for 'what'"):format(server:ID()), poe.ask(server, "what", 1))
      expect({ poe.ask(by_default, "what", 1, nil, 3) }, { "what", 3, 1, 3 })
      expect.fails("ENOSYS", "the kernel has no handler for 'x'", poe.ask(KERNEL, "x"))
    end }
    expect.run()
    warn "@on"
  end)

  it("DIE when the handler raised, at once or after it had waited", function(expect)
    local heard = 0
    local server = poe.spawn(survivor({
      _start = function() KERNEL:delay("end", 0.1) end, ["end"] = nothing,
      boom = function(x) if x then poe.sleep(0.002) end error("boom", 0) end,
      value = function() error({}, 0) end,
    }, function(info) heard = heard + 1 expect.yes(info.event == "boom" or info.event == "value") end))
    poe.spawn { _start = function()
      expect(table.pack(poe.ask(server, "boom")), { nil, "boom", "DIE", n = 3 })
      expect(table.pack(poe.ask(server, "boom", true)), { nil, "boom", "DIE", n = 3 })
      expect(table.pack(poe.ask(server, "value")), { nil, "(error object is a table value)", "DIE", n = 3 })
    end }
    expect.run()
    expect(heard, 3)
  end)

  it("ECANCELED when its session stopped first", function(expect)
    local ends = {
      signal = function(s) KERNEL:signal(s, "TERM") end,
      kill = function(s) KERNEL:signal(s, "KILL") end,
    }
    for _, how in ipairs { "signal", "kill" } do
      local server = poe.spawn { never = function() poe.sleep(60) return "never" end }
      KERNEL:post(server, "never")
      poe.spawn { _start = function() yield "asks" KERNEL:delay("stops", 0.005) end,
        asks = function()
          expect.fails("ECANCELED", "the session stopped before it answered", poe.ask(server, "never"))
          expect.log "answered"
        end,
        stops = function() ends[how](server) end,
      }
      expect.run()
      expect.logged { "answered" }
    end
  end)

  it("ECANCELED also when it had not even been handled", function(expect)
    local server = poe.spawn { _start = function() KERNEL:delay("x", 60) end, x = function() expect.log "never" end }
    poe.spawn { _start = function()
      KERNEL:signal(server, "KILL")
      expect.fails("ECANCELED", "the session stopped before it answered", poe.ask(server, "x"))
    end }
    expect.run()
  end)

  it("ENOBUFS when the session is at its queue_limit", function(expect)
    local server = poe.Session.create { queue_limit = 2, inline_states = {
      _start = function() KERNEL:delay("end", 0.02) end, ["end"] = nothing, x = function(n) return n end } }
    poe.spawn { _start = function() yield("go", 1) yield("go", 2) yield("go", 3) end,
      go = function(n)
        local result, message, code = poe.ask(server, "x", n)
        expect.log(n, result, code)
        if n == 3 then expect.match(message, "^ENOBUFS: ") end
      end }
    expect.run()
    expect.logged { "3 nil ENOBUFS", "1 1 nil", "2 2 nil" }
  end)

  it("takes a session and the name of an event", function(expect)
    poe.spawn { _start = function()
      expect.raises("bad argument #1 to 'ask' (session, ID or alias expected, got nil)", function() poe.ask(nil, "x") end)
      expect.raises("bad argument #2 to 'ask' (event: string expected, got no value)", function() poe.ask(SESSION) end)
    end }
    expect.run()
  end)

  it("keeps whoever asks, and whoever is asked until it has answered", function(expect)
    local server = poe.spawn { x = function() poe.sleep(0.005) return 1 end }
    local asker = poe.spawn { _start = function() expect(poe.ask(server, "x"), 1) end }
    expect(kept_by(asker, "suspended"), 1)
    expect.run()
  end)

  it("of each other by two sessions at once is no knot", function(expect)
    local a, b
    a = poe.spawn { _start = function() yield "go" end, go = function() expect.log("a", poe.ask(b, "x")) end,
      x = function() poe.sleep(0.002) return "of a" end }
    b = poe.spawn { _start = function() yield "go" end, go = function() expect.log("b", poe.ask(a, "x")) end,
      x = function() poe.sleep(0.001) return "of b" end }
    expect.run()
    expect.logged { "a of b", "b of a" }
  end)

  describe("of a session with nothing else to do, which runs on top of the asker", function()
    --- A session whose handler `go` asks `server`, which has alias "server" till then.
    local function asking(expect, go)
      return poe.spawn {
        back = function(x) return x + 1, HEAP.name end,
        _start = function() HEAP.name = "asker" yield("go", { "an argument" }) end,
        go = function(x)
          local before = names()
          go(x)
          expect(names(), before)
          expect(x[1], "an argument")
          KERNEL:signal("server", "KILL")
        end,
        _stop = function() expect.log "the asker stops" end,
      }
    end
    local function serving(states)
      local start = states._start or nothing
      states._start = function() KERNEL:alias_set "server" HEAP.name = "server" start() end
      return poe.spawn(states)
    end

    it("many times in a row, each with its own names", function(expect)
      local server = serving { add = function(a, b) return a + b, STATE .. SENDER:get_heap().name .. HEAP.name end }
      asking(expect, function()
        for i = 1, 300 do
          expect({ poe.ask(server, "add", i, i) }, { 2 * i, "addaskerserver" })
        end
      end)
      expect.run()
      expect.logged { "the asker stops" }
    end)

    it("after what was posted before, before what the answerer posts", function(expect)
      local server = serving {
        say = function(what) expect.log(what) end,
        ask = function(n) expect.log("asked", n) yield("say", "posted by the answerer") return n end,
      }
      asking(expect, function()
        post(server, "say", "posted before")
        expect.log("answer", poe.ask(server, "ask", 1))
        expect.log("answer", poe.ask(server, "ask", 2))
      end)
      expect.run()
      expect.logged { "posted before", "asked 1", "posted by the answerer", "answer 1", "asked 2",
        "posted by the answerer", "answer 2", "the asker stops" }
    end)

    it("that waits, raises, or asks back", function(expect)
      local asker
      local server = serving(survivor({
        waits = function(x) poe.sleep(0.001) return x end,
        raises = function() error("raised", 0) end,
        raises_later = function() poe.sleep(0) error("raised later", 0) end,
        back = function(x) return poe.ask(asker, "back", x) end,
      }, function(info) expect.log(info.error) end))
      asker = asking(expect, function()
        for _ = 1, 3 do
          expect((poe.ask(server, "waits", 1)), 1)
          expect({ poe.ask(server, "raises") }, { nil, "raised", "DIE" })
          expect({ poe.ask(server, "raises_later") }, { nil, "raised later", "DIE" })
          expect({ poe.ask(server, "back", 7) }, { 8, "asker" })
        end
      end)
      expect.run()
      expect.logged { "raised", "raised later", "raised", "raised later", "raised", "raised later", "the asker stops" }
    end)

    it("deep in pcalls takes no room from the answerer's own", function(expect)
      local function deep(n, fn) if n == 0 then return fn() end return select(2, pcall(deep, n - 1, fn)) end
      local server = serving { deep = function() return deep(120, function() return "deep" end) end }
      asking(expect, function()
        expect(deep(120, function() poe.ask(server, "deep") return (poe.ask(server, "deep")) end), "deep")
      end)
      expect.run()
      expect.logged { "the asker stops" }
    end)

    it("that stops the asker: that is closed and never goes on", function(expect)
      local server = serving {
        ask = function(n)
          if n == 3 then KERNEL:stop() end
          return n
        end,
      }
      poe.spawn {
        _start = function() yield "go" end,
        go = function()
          local before = names()
          local _ <close> = closing(function(e) expect.log("closed", e) expect(names(), before) end)
          for i = 1, 4 do expect(poe.ask(server, "ask", i), i) end
          expect.log "never"
        end,
        _stop = function() expect.log "the asker stops" end,
      }
      expect.run()
      expect.logged { "the asker stops", "closed nil" }
    end)

    it("that runs slices of its own, in which the asker does not go on", function(expect)
      local server = serving {
        ask = function(n) yield("other", n) KERNEL:run_one_timeslice() expect.log("answers", n) return n end,
        other = function(n) expect.log("other", n) end,
      }
      asking(expect, function() for i = 1, 2 do expect.log("answer", poe.ask(server, "ask", i)) end end)
      expect.run()
      expect.logged { "other 1", "answers 1", "answer 1", "other 2", "answers 2", "answer 2", "the asker stops" }
    end)

    it("that runs slices of its own until the asker's with_timeout is over", function(expect)
      local over
      local server = serving {
        quick = function(x) return x end,
        slow = function()
          repeat KERNEL:run_one_timeslice() until over
          expect.log "answers"
        end,
      }
      asking(expect, function()
        expect(select(3, poe.with_timeout(0.01, function()
          local _ <close> = closing(function() expect.log("closed in", STATE) end)
          for i = 1, 3 do expect(poe.ask(server, "quick", i), i) end
          poe.ask(server, "slow")
        end)), "ETIMEDOUT")
        over = true
      end)
      expect.run()
      expect.logged { "closed in go", "answers", "the asker stops" }
    end)

    it("whose state is no function, is absent, or comes by _default", function(expect)
      local server = serving { _default = function(name, args) return name, args[1] end }
      asking(expect, function()
        for i = 1, 3 do expect({ poe.ask(server, "thing", i) }, { "thing", i }) end
      end)
      expect.run()
      expect.logged { "the asker stops" }
    end)

    it("before and after other waits, in a handler that was asked itself", function(expect)
      local server = serving { echo = function(...) return ... end }
      local middle = poe.spawn {
        _start = function() KERNEL:alias_set "middle" end,
        middle = function(x)
          local a = poe.ask(server, "echo", x)
          poe.sleep(0)
          local b = poe.ask(server, "echo", x + 1)
          poe.sleep(0.001)
          local c = poe.ask(server, "echo", x + 2)
          local d = poe.with_timeout(1, poe.ask, server, "echo", x + 3)
          return a, b, c, d
        end,
      }
      asking(expect, function()
        for i = 1, 3 do expect({ poe.ask(middle, "middle", i) }, { i, i + 1, i + 2, i + 3 }) end
        KERNEL:signal(middle, "KILL")
      end)
      expect.run()
      expect.logged { "the asker stops" }
    end)

    it("an error after it is told as ever", function(expect)
      local server = serving { echo = function(x) return x end }
      asking(expect, function() poe.ask(server, "echo", 1) error "after the ask" end)
      expect.match(expect.run_raises "after the ask", "after the ask")
      expect.logged { "the asker stops" }
    end)
  end)

  it("through many sessions answers all the way back", function(expect)
    local n = math.max(10, expect.heavy(200))
    local last = poe.spawn { _start = function() KERNEL:delay("end", 0.2) end, ["end"] = nothing, ask = function() return 0 end }
    for _ = 1, n do
      local next_one = last
      last = poe.spawn { _start = function() KERNEL:delay("end", 0.2) end, ["end"] = nothing,
        ask = function() return poe.ask(next_one, "ask") + 1 end }
    end
    poe.spawn { _start = function() expect(poe.ask(last, "ask"), n) end }
    expect.run()
  end)
end)

describe("poe.wait", function()
  it("returns the arguments of the next event of that name, instead of its state", function(expect)
    poe.spawn {
      _start = function() yield "go" yield("x", 1, nil, nil) yield("x", 2) end,
      go = function() expect(table.pack(poe.wait "x"), { 1, nil, nil, n = 3 }) expect.log "waited" end,
      x = function(n) expect.log("state", n) end,
    }
    expect.run()
    expect.logged { "waited", "state 2" }
  end)

  it("takes posts, timers and signals, of which the session need have no state", function(expect)
    local s = poe.spawn {
      _start = function()
        KERNEL:sig("USR1", "signalled", "own")
        KERNEL:delay("timed", 0.002, "t")
        KERNEL:alarm_set("set", poe.time() + 0.004, "s")
        expect({ poe.wait "timed" }, { "t" })
        expect({ poe.wait "set" }, { "s" })
        expect({ poe.wait "signalled" }, { "USR1", "arg", "own" })
        expect({ poe.wait "posted" }, { "p" })
        expect.log "done"
      end,
    }
    poe.spawn { _start = function() KERNEL:delay("go", 0.01) end, go = function()
      KERNEL:signal(s, "USR1", "arg")
      post(s, "posted", "p")
    end }
    expect.run()
    expect.logged { "done" }
  end)

  it("does not take calls and asks", function(expect)
    local s = poe.spawn {
      _start = function() expect({ poe.wait "x" }, { "posted" }) expect.log "waited" end,
      x = function(how) expect.log(how) return how end,
    }
    poe.spawn { _start = function()
      expect(call(s, "x", "called"), "called")
      expect(poe.ask(s, "x", "asked"), "asked")
      post(s, "x", "posted")
    end }
    expect.run()
    expect.logged { "called", "asked", "waited" }
  end)

  it("serves the longest waiter first", function(expect)
    poe.spawn {
      _start = function()
        for i = 1, 3 do yield("wait", i) end
        for i = 1, 5 do yield("x", i) end
      end,
      wait = function(i) expect.log(i, poe.wait "x") expect.log(i, poe.wait "x") end,
      x = function(i) expect.log("state", i) end,
    }
    KERNEL:run_while(function() return KERNEL:get_event_count() > 0 end)
    expect.logged { "1 1", "2 2", "3 3", "1 4", "2 5" }
    KERNEL:stop()
    expect.run()
  end)

  it("tells apart waiters of different events", function(expect)
    poe.spawn {
      _start = function() for _, e in ipairs { "a", "b", "c" } do yield("wait", e) end yield("c", 3) yield("a", 1) yield("b", 2) end,
      wait = function(e) expect.log(e, poe.wait(e)) end,
    }
    expect.run()
    expect.logged { "c 3", "a 1", "b 2" }
  end)

  it("goes on for others when one stops waiting, be it the first, the last or in between", function(expect)
    for _, order in ipairs { { "a", "b", "c" }, { "c", "b", "a" }, { "b", "a", "c" }, { "b", "c", "a" } } do
      poe.spawn {
        _start = function()
          yield "sleep"
          for _, e in ipairs { "a", "b", "c" } do yield("wait", e) yield "sleep" end
          yield "go"
        end,
        wait = function(e) expect.log(e, poe.wait(e)) poe.sleep(0.01) end,
        sleep = function() poe.sleep(0.01) end,
        go = function() for i = 1, 4 do poe.ask(SESSION, "all", i) poe.sleep(0) end end,
        all = function(i) for k = 1, math.min(i, 3) do yield(order[k], i) end end,
        a = function(i) expect.log("handler a", i) end,
        b = function(i) expect.log("handler b", i) end,
        c = function(i) expect.log("handler c", i) end,
      }
      expect.run()
      local a, b, c = table.unpack(order)
      expect.logged { a .. " 1", "handler " .. a .. " 2", b .. " 2", "handler " .. a .. " 3", "handler " .. b .. " 3",
        c .. " 3", "handler " .. a .. " 4", "handler " .. b .. " 4", "handler " .. c .. " 4" }
    end
  end)

  it("takes its event no more when time is up, and others take theirs", function(expect)
    poe.spawn {
      _start = function() yield("wait", "a", 0.01) yield("wait", "b", 1) yield "go" end,
      wait = function(e, time) expect.log(e, (poe.with_timeout(time, poe.wait, e))) end,
      go = function()
        poe.sleep(0.02)
        for i = 1, 2 do yield("a", i) yield("b", i) poe.sleep(0) end
      end,
      a = function(i) expect.log("handler a", i) end,
      b = function(i) expect.log("handler b", i) end,
    }
    expect.run()
    expect.logged { "a nil", "handler a 1", "b 1", "handler a 2", "handler b 2" }
  end)

  it("1000 handlers of one session wait for 1000 events", function(expect)
    local n, got = expect.heavy(1000), 0
    poe.spawn {
      _start = function()
        for i = 1, n do yield("wait", i) end
        for i = n, 1, -1 do yield("event" .. i, i) end
      end,
      wait = function(i) if poe.wait("event" .. i) == i then got = got + 1 end end,
    }
    expect.run()
    expect(got, n)
  end)

  it("gets 300 arguments", function(expect)
    local many = {}
    for i = 1, 300 do many[i] = i end
    poe.spawn {
      _start = function()
        yield "send"
        local got = table.pack(poe.wait "x")
        expect(got.n, 300)
        expect(got[300], 300)
      end,
      send = function() yield("x", table.unpack(many)) end,
    }
    expect.run()
  end)

  it("takes the name of an event", function(expect)
    poe.spawn { _start = function()
      expect.raises("bad argument #1 to 'wait' (event: string expected, got nil)", function() poe.wait(nil) end)
      expect.raises("bad argument #1 to 'wait' (event: 'a' contains a zero byte)", function() poe.wait "a\0b" end)
    end }
    expect.run()
  end)
end)

describe("poe.with_timeout", function()
  it("returns what the function returns, at once or after it waited", function(expect)
    expect.within(function()
      for _, wait in ipairs { false, true } do
        local function fn(...) if wait then poe.sleep(0.001) end return ... end
        expect(table.pack(poe.with_timeout(1, fn)), { n = 0 })
        expect(table.pack(poe.with_timeout(1, fn, nil)), { n = 1 })
        expect(table.pack(poe.with_timeout(1, fn, 1, nil, false, nil)), { 1, nil, false, nil, n = 4 })
        local many = {}
        for i = 1, 300 do many[i] = i end
        local got = table.pack(poe.with_timeout(1, fn, table.unpack(many)))
        expect(got.n, 300)
        expect(got[300], 300)
      end
    end)
    expect(KERNEL:get_event_count(), 0)
  end)

  it("ETIMEDOUT when it takes longer, and closes its <close> variables", function(expect)
    expect.within(function()
      local t = poe.time()
      local nothing_, message, code = poe.with_timeout(0.01, function()
        local _ <close> = closing(function(e) expect.log("closed", e) end)
        poe.sleep(60)
        expect.log "never"
      end)
      expect(nothing_, nil)
      expect(code, "ETIMEDOUT")
      expect.match(message, "^ETIMEDOUT: not done in 0%.01 seconds$")
      local took = poe.time() - t
      expect(took >= 0.01 and took < 1, true)
      expect.log "goes on"
    end)
    expect.logged { "closed nil", "goes on" }
    expect(KERNEL:get_event_count(), 0)
  end)

  it("of no time or less is over at the first wait, not before", function(expect)
    expect.within(function()
      for _, seconds in ipairs { 0, -1, -1e300, -math.huge } do
        expect({ poe.with_timeout(seconds, function() return "at once" end) }, { "at once" })
        local _, _, code = poe.with_timeout(seconds, poe.sleep, 0.05)
        expect(code, "ETIMEDOUT")
      end
    end)
  end)

  it("of a time without end is none", function(expect)
    expect.within(function()
      for _, seconds in ipairs { math.huge, 1e300, 1e12, math.maxinteger } do
        expect({ poe.with_timeout(seconds, function() poe.sleep(0.001) return "done" end) }, { "done" })
      end
    end)
    expect(KERNEL:get_event_count(), 0)
  end)

  it("takes seconds and a function", function(expect)
    expect.within(function()
      expect.raises("bad argument #1 to 'with_timeout' (seconds: must be a time, got nan)",
        function() poe.with_timeout(0 / 0, nothing) end)
      expect.raises("bad argument #2 to 'with_timeout' (function expected, got no value)",
        function() poe.with_timeout(1) end)
      expect.raises("bad argument #2 to 'with_timeout' (function expected, got table)",
        function() poe.with_timeout(1, {}) end)
    end)
  end)

  it("lets errors through, at once or after a wait, the very value", function(expect)
    expect.within(function()
      local value = {}
      for _, wait in ipairs { false, true } do
        local function fn(e) if wait then poe.sleep(0.001) end error(e, 0) end
        expect.raises_value(value, poe.with_timeout, 1, fn, value)
        expect.raises_value("text", poe.with_timeout, 1, fn, "text")
        expect(table.pack(pcall(poe.with_timeout, 1, fn, nil)), { false, nil, n = 2 })
        expect(table.pack(pcall(poe.with_timeout, 1, fn, false)), { false, false, n = 2 })
      end
    end)
    expect(KERNEL:get_event_count(), 0)
  end)

  it("nests: the shorter one wins, the other goes on", function(expect)
    expect.within(function()
      local function inner_first()
        local _, _, code = poe.with_timeout(0.005, poe.sleep, 60)
        expect(code, "ETIMEDOUT")
        poe.sleep(0.001)
        return "outer is done"
      end
      expect({ poe.with_timeout(10, inner_first) }, { "outer is done" })
      local _, _, code = poe.with_timeout(0.005, function()
        local _ <close> = closing(function() expect.log "outer closed" end)
        poe.with_timeout(10, function()
          local _ <close> = closing(function() expect.log "inner closed" end)
          poe.sleep(60)
        end)
        expect.log "never"
      end)
      expect(code, "ETIMEDOUT")
      local function deep(n)
        if n == 0 then poe.sleep(0.001) return 0 end
        return poe.with_timeout(10, deep, n - 1) + 1
      end
      expect(deep(50), 50)
      local _, _, deep_code = poe.with_timeout(0.005, function()
        local function never(n) if n == 0 then poe.sleep(60) end return poe.with_timeout(60, never, n - 1) end
        never(20)
      end)
      expect(deep_code, "ETIMEDOUT")
    end)
    expect.logged { "inner closed", "outer closed" }
    expect(KERNEL:get_event_count(), 0)
  end)

  it("takes back what the function waited for", function(expect)
    local asked = 0
    local server = poe.spawn { _start = function() KERNEL:alias_set "server" end,
      never = function() asked = asked + 1 poe.sleep(60) end }
    local s
    s = poe.spawn { _start = function() yield "go" end, x = function(n) expect.log("state", n) end,
      go = function()
        for _, fn in ipairs {
          function() poe.sleep(60) end,
          function() poe.ask(server, "never") end,
          function() poe.wait "x" end,
          function() poe.ask(SESSION, "waits") end,
        } do
          local _, _, code = poe.with_timeout(0.002, fn)
          expect(code, "ETIMEDOUT")
        end
        expect(KERNEL:get_next_event_time(), KERNEL:get_next_event_time())
        yield("x", 1)
        poe.sleep(0)
        KERNEL:signal(server, "KILL")
        poe.sleep(0)
        expect(kept_by(s, "suspended"), 2) -- this one, and "waits", that nobody waits for any more
        yield "y"
      end,
      waits = function() poe.wait "y" expect.log "waits is done" end,
    }
    expect.run()
    expect(asked, 1)
    expect.logged { "state 1", "waits is done" }
    expect(KERNEL:get_event_count(), 0)
    expect(s:why(), {})
  end)

  it("when time is up and the result there in one slice, the earlier wins and the other is nothing", function(expect)
    local results = {}
    poe.spawn { _start = function() for i = 1, 40 do yield("go", i) end end,
      go = function(i)
        local _, _, code = poe.with_timeout(0.004, function()
          poe.sleep(i * 0.0002)
          return true
        end)
        results[i] = code or "done"
        poe.sleep(0.001) -- nothing may wake it early
        poe.wait("x" .. i)
      end,
      finish = nothing }
    poe.spawn { _start = function() KERNEL:delay("go", 0.05) end, go = function()
      for session in KERNEL:sessions() do for i = 1, 40 do post(session, "x" .. i) end end
    end, _default = nothing }
    expect.run()
    expect(#results, 40)
    expect(results[1], "done")
    expect(results[40], "ETIMEDOUT")
  end)

  it("a slice that takes long: both are due, the timer set first comes first", function(expect)
    poe.spawn { _start = function()
      yield "busy"
      local _, _, code = poe.with_timeout(0.005, function() poe.sleep(0.001) return "slept" end)
      expect.log(code or "slept")
    end, busy = function()
      local ends = poe.time() + 0.02
      while poe.time() < ends do end
    end }
    expect.run()
    expect.logged { "slept" }
  end)

  it("in pcall and a pcall in it", function(expect)
    expect.within(function()
      expect({ pcall(poe.with_timeout, 1, function() poe.sleep(0) return 1 end) }, { true, 1 })
      local _, _, code = poe.with_timeout(0.002, function()
        expect.log(pcall(function() poe.sleep(60) end)) -- no error to be caught: it is closed
      end)
      expect(code, "ETIMEDOUT")
    end)
    expect.logged {}
  end)

  it("an error in a <close> variable of what timed out", function(expect)
    local heard
    poe.spawn(survivor({ _start = function() yield "go" end, go = function()
      local result = table.pack(poe.with_timeout(0.002, function()
        local _ <close> = closing(function() expect.log "first" end)
        local _ <close> = closing(function() error("in close", 0) end)
        poe.sleep(60)
      end))
      expect.log(result[3])
    end }, function(info) heard = info end))
    expect.run()
    expect(heard.error, "in close")
    expect(heard.event, "go")
    expect.logged { "first" }
  end)

  it("what it runs may post, call and make sessions", function(expect)
    poe.spawn { _start = function() KERNEL:delay("end", 0.02)
      poe.with_timeout(1, function()
        poe.sleep(0)
        yield("x", "yielded")
        call(SESSION, "x", "called")
        poe.spawn { _start = function() expect.log("child of", SENDER == nil, SESSION ~= nil) end }
      end)
    end, ["end"] = nothing, x = function(how) expect.log(how) end, _child = function(reason) expect.log(reason) end }
    expect.run()
    expect.logged { "called", "child of false true", "create", "yielded", "lose" }
  end)
end)

describe("the dynamic names", function()
  it("are right after every resume, whatever runs between", function(expect)
    local function waits()
      local before = names()
      poe.sleep(0)
      expect(names(), before, "after sleep(0)")
      poe.sleep(0.001)
      expect(names(), before, "after sleep")
      poe.with_timeout(1, function()
        expect(names(), before, "in with_timeout")
        poe.sleep(0.001)
        expect(names(), before, "in with_timeout after sleep")
        poe.with_timeout(0.001, function()
          poe.sleep(0)
          expect(names(), before, "in a nested one")
          local _ <close> = closing(function() expect(names(), before, "in its <close> variable") end)
          poe.sleep(60)
        end)
        expect(names(), before, "after the nested one")
      end)
      expect(names(), before, "after with_timeout")
      poe.with_timeout(0.001, poe.wait, "never")
      expect(names(), before, "after its end")
      expect(poe.ask("server", "names"), ("%d server %d names names %s"):format(HEAP.server:ID(), SESSION:ID(),
        STATE == "_default" and "unknown" or STATE), "at the asked one") -- as for a post, its own name
      expect(names(), before, "after ask")
      call(SESSION, "inner")
      expect(names(), before, "after a self-call that waited")
      return before
    end
    local server = poe.spawn { _start = function() HEAP.name = "server" KERNEL:alias_set "server" KERNEL:delay("end", 5) end,
      names = function() poe.sleep(0.001) return names() end, ["end"] = nothing, call = function() return names() end }
    local noise = poe.spawn { _start = function() HEAP.name = "noise" KERNEL:delay("end", 5) yield "x" end, ["end"] = nothing,
      x = function() if KERNEL:alias_resolve "server" then KERNEL:delay("x", 0.0007) call(server, "call") end end }
    local done, order, from = 0, {}, nil
    local function finish()
      done = done + 1
      if done == 8 then KERNEL:signal(server, "KILL") KERNEL:signal(noise, "KILL") end
    end
    local function check(what)
      local line = waits() .. what
      order[#order + 1] = line
      finish()
    end
    local object = { method = function(self, x) expect(self.mark, "object") expect(x, 1) check " object" end, mark = "object" }
    local s = poe.Session.create {
      heap = { name = "s", server = server },
      object_states = { [object] = { "method" } },
      inline_states = {
        _start = function() KERNEL:sig("USR1", "signal") KERNEL:delay("timer", 0.003) check " _start" end,
        inner = function()
          local before = names()
          poe.sleep(0.001)
          expect(names(), before, "in the self-call")
          expect(STATE, "inner")
          expect(SENDER, SESSION)
          poe.with_timeout(1, function() poe.sleep(0) expect(names(), before, "in it and with_timeout") end)
        end,
        post = function() check " post" end, timer = function() check " timer" end,
        signal = function() check " signal" end,
        _default = function(event) if event:find "^_" then return end expect(event, "unknown") check " _default" end,
        child = function() poe.spawn { _start = function() KERNEL:delay("e", 0.001) end, e = nothing } end,
        _child = function(reason) check(" _child " .. reason) end,
      },
    }
    poe.spawn { _start = function() HEAP.name = "sender" KERNEL:delay("go", 0.001) end, go = function()
      post(s, "post") post(s, "unknown") post(s, "method", 1) post(s, "child")
      KERNEL:signal(s, "USR1")
      from = SESSION:ID()
    end }
    expect.run()
    local at = s:ID()
    local wanted = {
      ("%d s 1 _start _start nil _start"):format(at),
      ("%d s %d timer timer _start timer"):format(at, at),
      ("%d s %d post post go post"):format(at, from),
      ("%d s %d method method go object"):format(at, from),
      ("%d s 1 signal signal go signal"):format(at),
      ("%d s %d _default _default go _default"):format(at, from),
    }
    table.sort(wanted)
    local seen = {}
    for _, line in ipairs(order) do if not line:find "_child" then seen[#seen + 1] = line end end
    table.sort(seen)
    expect(seen, wanted)
    expect(#order, #wanted + 2)
  end)

  it("are right in a function that _default calls for a self-call", function(expect)
    poe.spawn { _start = function() call(SESSION, "unknown", 1) expect(STATE, "_start") end,
      _default = function(event, list)
        if event ~= "unknown" then return end
        local before = names()
        expect(STATE, "_default")
        poe.sleep(0.001)
        expect(names(), before)
        expect({ event, list[1] }, { "unknown", 1 })
      end }
    expect.run()
  end)

  it("are right in self-calls in self-calls, and their results arrive", function(expect)
    poe.spawn { _start = function() yield("go", 5) end,
      go = function(n)
        expect(STATE, "go")
        expect(CALLER_STATE, n == 5 and "_start" or "go")
        if n == 0 then poe.sleep(0.001) expect(STATE, "go") return 0 end
        local result = call(SESSION, "go", n - 1) + 1
        expect(CALLER_STATE, n == 5 and "_start" or "go")
        poe.sleep(0)
        expect(CALLER_STATE, n == 5 and "_start" or "go")
        if n == 5 then expect(result, 5) end
        return result
      end }
    expect.run()
  end)

  it("CALLER_FILE and CALLER_LINE under option debug", function(expect)
    local before = KERNEL:option { debug = true }
    local line
    poe.spawn {
      _start = function() line = line_here() yield "go" end,
      go = function()
        for _ = 1, 3 do
          expect.match(CALLER_FILE, "wait_spec%.lua$")
          expect(CALLER_LINE, line)
          poe.sleep(0.001)
        end
        poe.with_timeout(1, function() poe.sleep(0) expect(CALLER_LINE, line) end)
        local self_line = line_here() call(SESSION, "inner")
        expect(HEAP.line, self_line)
        expect(CALLER_LINE, line)
        local asked, asked_line = poe.ask(SESSION, "asked"), line_here()
        expect(asked, asked_line)
      end,
      inner = function()
        HEAP.line = CALLER_LINE
        poe.sleep(0.001)
        expect(CALLER_LINE, HEAP.line)
      end,
      asked = function() poe.sleep(0) return CALLER_LINE end,
    }
    expect.run()
    KERNEL:option { debug = before and before.debug or false }
  end)

  it("in an NFA: enter, leave, events, with MACHINE and RUNSTATE", function(expect)
    local machine
    local function check(event)
      expect(EVENT, event)
      expect(MACHINE, machine)
      expect(RUNSTATE.mark, "runstate")
      expect(SESSION, machine)
    end
    local function waits(event, state)
      return function()
        machine = machine or MACHINE
        check(event)
        expect(STATE, state)
        poe.sleep(0.001)
        check(event)
        expect(STATE, MACHINE:get_current_state())
        poe.with_timeout(1, function() poe.sleep(0) check(event) end)
        check(event)
        expect.log(state, event)
        return true
      end
    end
    machine = poe.NFA.spawn { runstate = { mark = "runstate" }, inline_states = {
      zero = { enter = function() MACHINE:goto_state("one", "enter") end },
      one = { enter = function() waits("enter", "one")() yield "ev" end,
        ev = function() waits("ev", "one")() MACHINE:goto_state("two", "enter") end, leave = waits("leave", "one") },
      two = { enter = function() waits("enter", "two")() MACHINE:stop() end },
    } }
    machine:goto_state("zero", "enter")
    expect.run()
    expect.logged { "one enter", "one ev", "one leave", "two enter" }
  end)

  it("in an NFA: the first transition is a call, which cannot wait", function(expect)
    local machine = poe.NFA.spawn { inline_states = { one = { enter = function()
      poe.sleep(0.001)
      expect.log(STATE, EVENT)
    end } } }
    expect.raises("call: the handler of 'poe_nfa_goto_state' waits: use poe.ask", function() machine:goto_state("one", "enter") end)
    expect(machine:get_current_state(), "one")
    expect.run()
    expect.logged { "one enter" }
  end)

  it("CALLER_STATE outlives the event whose name it was", function(expect)
    local s = poe.spawn {
      inner = function()
        local caller = CALLER_STATE
        expect(caller, "name1")
        collectgarbage()
        poe.sleep(0.001)
        for i = 1, 5000 do yield("filler" .. i) end
        poe.sleep(0)
        collectgarbage()
        expect(CALLER_STATE, caller)
        poe.with_timeout(1, function() poe.sleep(0) collectgarbage() expect(CALLER_STATE, caller) end)
      end,
      _default = function(name) if name:find "^name" then call(SESSION, "inner") end end,
    }
    poe.spawn { _start = function() post(s, "name" .. 1) end }
    expect.run()
  end)

  it("in select handlers", function(expect)
    poe.spawn {
      _start = function()
        local a, b = poe.socket.pair()
        HEAP.a, HEAP.b = a, b
        KERNEL:select_read(a, "readable", "own")
        local wheel = poe.wheel.ReadWrite.new { handle = b, input_event = "never" }
        HEAP.wheel = wheel
        wheel:put "hello\n"
      end,
      never = nothing,
      readable = function(handle, mode, own)
        KERNEL:select_read(handle)
        local before = names()
        expect(STATE, "readable")
        poe.sleep(0.002)
        expect(names(), before)
        expect({ mode, own }, { "read", "own" })
        HEAP.wheel:close()
        expect.log "read"
      end,
    }
    expect.run()
    expect.logged { "read" }
  end)

  it("in a wheel's input event, and records that come meanwhile have their own handlers", function(expect)
    poe.spawn {
      _start = function()
        local a, b = poe.socket.pair()
        HEAP.out = poe.wheel.ReadWrite.new { handle = a }
        HEAP.into = poe.wheel.ReadWrite.new { handle = b, input_event = "input", error_event = "gone" }
        HEAP.out:put("1", "2", "3")
        HEAP.count = 0
      end,
      input = function(record, id)
        local before = names()
        expect(STATE, "input")
        expect(id, HEAP.into:ID())
        poe.sleep((4 - tonumber(record)) * 0.003)
        expect(names(), before)
        expect.log(record)
        HEAP.count = HEAP.count + 1
        if HEAP.count == 3 then HEAP.out:close() end
      end,
      gone = function() poe.sleep(0.001) expect(STATE, "gone") HEAP.into:close() end,
    }
    expect.run()
    expect.logged { "3", "2", "1" }
  end)

  it("in a postback's handler", function(expect)
    local s = poe.spawn {
      _start = function() HEAP.back = SESSION:postback("answer", 1) end,
      answer = function(mine, theirs)
        local before = names()
        poe.sleep(0.001)
        expect(names(), before)
        expect({ mine[1], theirs[1] }, { 1, 2 })
        HEAP.back:release()
        poe.sleep(0.001)
        expect.log "answered"
      end,
    }
    s:get_heap().back(2)
    expect.run()
    expect.logged { "answered" }
  end)

  it("SENDER is readable when its session has stopped and been collected", function(expect)
    local id
    local s = poe.spawn { x = function()
      expect(SENDER:ID(), id)
      poe.sleep(0.01)
      collectgarbage()
      expect(SENDER:ID(), id)
      expect(KERNEL:alias_resolve(id), nil)
      expect.match(tostring(SENDER), tostring(id))
      expect({ select(3, post(SENDER, "y")) }, { "ESRCH" })
      for i = 1, 50 do poe.spawn {} poe.sleep(0) end
      collectgarbage()
      expect(SENDER:ID(), id)
    end }
    poe.spawn { _start = function() id = SESSION:ID() post(s, "x") end }
    expect.run()
  end)
end)

describe("a session that stops", function()
  --- A session with handlers that wait in three ways, each with a <close> variable, ended by `how`.
  local function ended(expect, how)
    local asker
    local s = poe.spawn {
      _start = function() KERNEL:alias_set "s" HEAP.name = "s" yield "sleeps" yield("waits", 1) yield("asks", 2) end,
      sleeps = function()
        local before = names()
        local _ <close> = closing(function(e) expect.log("sleeps closed", e) expect(names(), before) end)
        poe.sleep(60)
        expect.log "never"
      end,
      waits = function(n)
        local before = names()
        local _ <close> = closing(function() expect.log("waits closed", n) expect(names(), before) end)
        poe.wait "nothing"
        expect.log "never"
      end,
      asks = function()
        local before = names()
        local _ <close> = closing(function() expect.log "asks closed" expect(names(), before) end)
        call(SESSION, "inner")
        expect.log "never"
      end,
      inner = function()
        local before = names()
        expect(STATE, "inner")
        local _ <close> = closing(function() expect.log "inner closed" expect(names(), before) end)
        poe.with_timeout(60, function()
          local _ <close> = closing(function() expect.log "timed closed" expect(names(), before) end)
          poe.ask(asker, "never")
        end)
        expect.log "never"
      end,
      _stop = function()
        expect.log "_stop"
        expect(kept_by(SESSION, "suspended"), 4)
      end,
      fails = function() error("fails", 0) end,
      ends = nothing,
    }
    asker = poe.spawn { _start = function() HEAP.alive = true yield "asks" KERNEL:delay("end", 0.05) end, ["end"] = nothing,
      never = function() poe.sleep(0.02) expect.log "nobody wants it" return 1 end,
      asks = function()
        KERNEL:delay("go", 0.01)
        expect.log((select(3, poe.ask(s, "sleeps"))))
      end,
      go = function() how(s) end }
    return s
  end

  local order = { "_stop", "sleeps closed nil", "timed closed", "inner closed", "asks closed", "waits closed 1",
    "sleeps closed nil" }

  for name, how in pairs {
    ["by signal TERM"] = function(s) KERNEL:signal(s, "TERM") end,
    ["by signal KILL"] = function(s) KERNEL:signal(s, "KILL") end,
    ["by signal ZOMBIE"] = function(s) KERNEL:signal(s, "ZOMBIE") end,
    ["by UIDESTROY"] = function(s) KERNEL:signal(s, "UIDESTROY") end,
  } do
    it(name .. " closes its suspended handlers after _stop, the last to wait first", function(expect)
      local s = ended(expect, how)
      expect.run()
      table.insert(order, "ECANCELED")
      table.insert(order, "nobody wants it")
      expect.logged(order)
      order[#order], order[#order - 1] = nil, nil
      expect(s:why(), {})
      expect(KERNEL:get_event_count(), 0)
    end)
  end

  it("by an error closes them, too", function(expect)
    ended(expect, function(s) post(s, "fails") end)
    local message = expect.run_raises "fails"
    expect.match(message, "fails")
    expect.logged(order)
  end)

  it("by KERNEL:stop, with all others", function(expect)
    local s = ended(expect, function() KERNEL:stop() end)
    expect.run()
    expect.logged(order)
    expect(s:why(), {})
  end)

  it("gives the askers in it nothing: they are gone, too", function(expect)
    local a, b
    a = poe.spawn { _start = function() yield "go" KERNEL:delay("stop", 0.005) end,
      go = function()
        local _ <close> = closing(function() expect.log "a closed" end)
        poe.ask(b, "x")
        expect.log "never"
      end, x = function() poe.sleep(60) end, stop = function() KERNEL:stop() end }
    b = poe.spawn { _start = nothing, x = function()
      local _ <close> = closing(function() expect.log "b closed" end)
      poe.ask(a, "x")
      expect.log "never"
    end }
    expect.run()
    local lines = { "a closed", "b closed" }
    expect.logged(lines)
  end)

  it("<close> variables may post, call, ask what is there and make sessions; nothing comes of it that should not", function(expect)
    local other = poe.spawn { _start = function() KERNEL:delay("end", 0.05) end, ["end"] = nothing,
      posted = function(x) expect.log("posted", x, SENDER:ID()) end, called = function(x) return x + 1 end }
    local s
    s = poe.spawn { _start = function() yield "go" KERNEL:delay("stop", 0.005) end,
      stop = function() KERNEL:signal(SESSION, "KILL") end, mine = function() expect.log "self-called" end,
      go = function()
        local _ <close> = closing(function()
          expect.log("call", call(other, "called", 1))
          expect.log("post", (post(other, "posted", 1)))
          call(SESSION, "mine")
          yield "mine"
          KERNEL:delay("mine", 0)
          expect.log("heap", HEAP ~= nil, STATE)
          expect.log(pcall(poe.sleep, 0))
          expect.log(pcall(poe.wait, "x"))
          expect.log(pcall(poe.ask, other, "called", 1))
          expect.log(pcall(poe.with_timeout, 1, nothing))
        end)
        poe.sleep(60)
      end }
    expect.run()
    local no = "false cannot wait while <close> variables are closed"
    expect(s:ID() > 0, true)
    expect.logged { "call 2", "post true", "self-called", "heap true go", no, no, no, no } -- its posts are lost (R76)
    expect(KERNEL:get_event_count(), 0)
  end)

  it("an error in a <close> variable stays with it: the others are closed", function(expect)
    local out, err, status = run_poe [[
      local function closing(fn) return setmetatable({}, { __close = fn }) end
      poe.spawn { _start = function() yield "go" yield "other" KERNEL:delay("stop", 0.005) end,
        stop = function() KERNEL:signal(SESSION, "KILL") end,
        go = function()
          local _ <close> = closing(function(_, e) print("first", e) end)
          local _ <close> = closing(function() error("in close", 0) end)
          local _ <close> = closing(function() print "last" end)
          poe.sleep(60)
        end,
        other = function()
          local _ <close> = closing(function() print "other" end)
          poe.sleep(60)
        end }
      KERNEL:run()
      print "goes on"
    ]]
    expect(out, "other\nlast\nfirst\tin close\ngoes on\n")
    expect.match(err, "in close")
    expect.match(err, "session 2, event 'go'")
    expect(status, 0)
  end)

  it("while one of its handlers runs: that one ends, the others are closed", function(expect)
    poe.spawn { _start = function() yield "waits" yield "kills" end,
      waits = function()
        local _ <close> = closing(function() expect.log "closed" end)
        poe.sleep(60)
      end,
      kills = function()
        KERNEL:stop()
        expect.log "stop returns"
        expect.log(pcall(poe.sleep, 0))
        expect.log "ends"
      end }
    expect.run()
    expect.logged { "closed", "stop returns", "false cannot wait: the session has stopped", "ends" }
  end)

  it("while a handler of it that has waited runs: that one ends under its names", function(expect)
    local s = poe.spawn {
      _default = function(name)
        if not name:find "^name" then return end
        local _ <close> = closing(function() expect.log("closed", STATE) end)
        poe.sleep(0)
        local before, event = STATE .. CALLER_STATE .. SENDER:ID(), name
        KERNEL:stop()
        for i = 1, 100 do local _ = ("filler"):rep(i) end
        collectgarbage()
        collectgarbage()
        expect(STATE .. CALLER_STATE .. SENDER:ID(), before)
        expect.log("ends", event)
      end }
    poe.spawn { _start = function() post(s, "name" .. 1) end }
    expect.run()
    expect.logged { "ends name1", "closed _default" }
  end)

  it("while with_timeout's function runs: that ends, its caller is closed and never goes on", function(expect)
    local s = poe.spawn {
      _default = function(name)
        if not name:find "^name" then return end
        local _ <close> = closing(function() expect.log "outer closed" end)
        poe.with_timeout(60, function()
          local _ <close> = closing(function() expect.log "middle closed" end)
          poe.with_timeout(60, function()
            local _ <close> = closing(function() expect.log "inner closed" end)
            poe.sleep(0)
            local before = STATE .. CALLER_STATE .. SENDER:ID()
            KERNEL:stop()
            collectgarbage()
            collectgarbage()
            expect(STATE .. CALLER_STATE .. SENDER:ID(), before)
            expect.log "inner ends"
            return 1
          end)
          expect.log "never"
        end)
        expect.log "never"
      end }
    poe.spawn { _start = function() expect.log(pcall(poe.ask, s, "name" .. 1)) expect.log "never" end }
    expect.run()
    expect.logged { "middle closed", "outer closed", "inner ends", "inner closed" }
    expect(KERNEL:get_event_count(), 0)
  end)

  it("while a function that has timed out is closed", function(expect)
    poe.spawn { _start = function() yield "go" end, go = function()
      poe.with_timeout(0.001, function()
        local _ <close> = closing(function() KERNEL:stop() collectgarbage() expect.log("closed", STATE) end)
        poe.sleep(60)
      end)
      collectgarbage()
      expect.log("goes on", STATE)
      expect.raises("cannot wait: the session has stopped", function() poe.sleep(0) end)
    end }
    expect.run()
    expect.logged { "closed go", "goes on go" }
  end)
end)

describe("an error after a wait", function()
  it("is told with event, session, who posted it and where", function(expect)
    local heard, line, sender
    local s = poe.spawn(survivor({
      boom = function()
        poe.sleep(0.001)
        poe.sleep(0)
        local function deeper()
          poe.sleep(0)
          line = line_here() error "boom"
        end
        deeper()
      end }, function(info) heard = info end))
    sender = poe.spawn { _start = function() yield "go" end, go = function() post(s, "boom") end }
    expect.run()
    expect.match(heard.error_str, "wait_spec%.lua:" .. line .. ": boom$")
    expect(heard.error, heard.error_str)
    expect(heard.event, "boom")
    expect(heard.from_state, "go")
    expect.match(heard.file, "wait_spec%.lua$")
    expect(heard.line, line)
    expect(heard.source_session, sender)
    expect(heard.dest_session, s)
    expect.match(heard.traceback, "wait_spec%.lua:" .. line .. ": in .-deeper")
    expect.match(heard.traceback, ("in session %d, event 'boom', from session %d in 'go'"):format(s:ID(), sender:ID()))
  end)

  it("asked for: with the asker's stack under it, and its asker's", function(expect)
    local heard, ask_line, first_line
    local server, middle, client
    server = poe.spawn(survivor({ _start = function() KERNEL:delay("end", 0.03) end, ["end"] = nothing, boom = function() poe.sleep(0.001) error "boom" end },
      function(info) heard = info end))
    middle = poe.spawn { _start = function() KERNEL:delay("end", 0.03) end, ["end"] = nothing, asks = function() ask_line = line_here() poe.ask(server, "boom") end }
    client = poe.spawn { _start = function() yield "go" end, go = function() first_line = line_here() poe.ask(middle, "asks") end }
    expect.run()
    expect.match(heard.traceback, ("in session %d, event 'boom', from session %d in 'asks'"):format(server:ID(), middle:ID())
      .. ".-asked by.-wait_spec%.lua:" .. ask_line
      .. (".-in session %d, event 'asks', from session %d in 'go'"):format(middle:ID(), client:ID())
      .. ".-asked by.-wait_spec%.lua:" .. first_line
      .. (".-in session %d, event 'go', from session %d in '_start'"):format(client:ID(), client:ID()))
  end)

  it("in with_timeout: with the inner stack", function(expect)
    local heard, inner_line, outer_line
    poe.spawn(survivor({ _start = function() yield "go" end, go = function()
      local function inner() poe.sleep(0.001) inner_line = line_here() error "inner" end
      outer_line = line_here() poe.with_timeout(1, function() inner() end)
    end }, function(info) heard = info end))
    expect.run()
    expect.match(heard.error_str, "wait_spec%.lua:" .. inner_line .. ": inner$")
    expect.match(heard.traceback, "wait_spec%.lua:" .. inner_line .. ".-inside with_timeout of.-wait_spec%.lua:" .. outer_line)
    expect.match(heard.traceback, "event 'go'")
  end)

  it("in with_timeout in with_timeout: with all stacks", function(expect)
    local heard, inner_line, middle_line, outer_line
    poe.spawn(survivor({ _start = function() yield "go" end, go = function()
      local function inner() poe.sleep(0.001) inner_line = line_here() error({}) end
      local function middle() middle_line = line_here() poe.with_timeout(1, inner) end
      outer_line = line_here() poe.with_timeout(1, middle)
    end }, function(info) heard = info end))
    expect.run()
    expect.match(heard.traceback, "wait_spec%.lua:" .. inner_line .. ".-inside with_timeout of.-wait_spec%.lua:" .. middle_line
      .. ".-inside with_timeout of.-wait_spec%.lua:" .. outer_line)
  end)

  it("can be caught by pcall and xpcall around the waits", function(expect)
    expect.within(function()
      expect({ pcall(function() poe.sleep(0.001) error("one", 0) end) }, { false, "one" })
      expect({ xpcall(function() poe.sleep(0.001) error("two", 0) end, function(m) return m .. " handled" end) },
        { false, "two handled" })
      expect({ pcall(function(...) poe.sleep(0) return ... end, 1, nil, 3) }, { true, 1, nil, 3 })
      expect({ xpcall(function(...) poe.sleep(0) return ... end, print, 1, nil, 3) }, { true, 1, nil, 3 })
      expect({ pcall(pcall, function() poe.sleep(0) error("three", 0) end) }, { true, false, "three" })
      local closed
      expect({ pcall(function()
        local _ <close> = closing(function(e) poe.sleep(0.001) closed = e end)
        poe.sleep(0)
        error("four", 0)
      end) }, { false, "four" })
      expect(closed, "four")
      local ok = pcall(function() poe.sleep(0) local nothing_ = nil; return nothing_.field end)
      expect(ok, false)
    end)
  end)

  it("stops the session like any other when nobody handles it", function(expect)
    poe.spawn { _start = function() yield "go" KERNEL:delay("never", 60) end, go = function() poe.sleep(0.001) error("boom", 0) end,
      _stop = function() expect.log "_stop" end }
    expect.run_raises "boom"
    expect.logged { "_stop" }
  end)

  it("in _start that waited", function(expect)
    local s = poe.spawn { _start = function() poe.sleep(0.001) error("boom", 0) end, _stop = function() expect.log "_stop" end }
    expect(s:ID() > 1, true)
    expect.run_raises "boom"
    expect.logged { "_stop" }
  end)

  it("closes its <close> variables first", function(expect)
    poe.spawn(survivor({ _start = function() yield "go" end, go = function()
      local _ <close> = closing(function(e) expect.log("closed", e, STATE) end)
      poe.sleep(0)
      error("boom", 0)
    end }, function(info) expect.log("died", info.error_str) end))
    expect.run()
    expect.logged { "closed boom go", "died boom" }
  end)
end)

describe("a call whose handler waits", function()
  it("is an error at the caller's line that names ask; the handler goes on, its results are dropped", function(expect)
    local server = poe.spawn { _start = function() KERNEL:delay("end", 0.03) end, ["end"] = nothing,
      waits = function(x) expect.log("begins", x, SENDER:ID() > 0) poe.sleep(0.005) expect.log("goes on", x, STATE) return 1 end }
    poe.spawn { _start = function()
      local what = "call: the handler of 'waits' waits: use poe.ask"
      expect.raises(what, function() call(server, "waits", 1) end)
      expect.raises(what, function() KERNEL:call(server, "waits", 2) end)
      expect.log("STATE", STATE)
    end }
    expect.run()
    expect.logged { "begins 1 true", "begins 2 true", "STATE _start", "goes on 1 waits", "goes on 2 waits" }
  end)

  it("also in the main chunk", function(expect)
    local server = poe.spawn { waits = function() poe.sleep(0.001) expect.log "went on" end }
    expect.raises("call: the handler of 'waits' waits: use poe.ask", function() call(server, "waits") end)
    expect.run()
    expect.logged { "went on" }
  end)

  it("also by a callback, and an error after it is the handler's own", function(expect)
    local server = poe.spawn(survivor({
      _start = function() HEAP.now = SESSION:callback("waits", 1) KERNEL:delay("end", 0.03) end, ["end"] = nothing,
      waits = function(mine, theirs) poe.sleep(0.001) expect.log("goes on", mine[1], theirs[1]) error("late", 0) end,
    }, function(info) expect.log("died", info.error_str) end))
    poe.spawn { _start = function()
      expect.raises("call: the handler of 'waits' waits: use poe.ask", function() server:get_heap().now(2) end)
      server:get_heap().now:release()
    end }
    expect.run()
    expect.logged { "goes on 1 2", "died late" }
  end)

  it("a call that waits deep in a call: each caller hears of its own", function(expect)
    local a = poe.spawn { _start = function() KERNEL:delay("end", 0.02) end, ["end"] = nothing,
      waits = function() poe.sleep(0.001) expect.log "a goes on" end }
    local b = poe.spawn(survivor({ _start = function() KERNEL:delay("end", 0.02) end, ["end"] = nothing,
      calls = function() call(a, "waits") end }, function(info) expect.log(info.event) expect.match(info.error_str, "use poe%.ask") end))
    poe.spawn { _start = function()
      local result, message, code = call(b, "calls")
      expect({ result, code }, { nil, "DIE" })
      expect.match(message, "wait_spec%.lua:%d+: call: the handler of 'waits' waits")
    end }
    expect.run()
    expect.logged { "calls", "a goes on" }
  end)
end)

describe("where nothing can wait", function()
  it("in a coroutine of the script's own", function(expect)
    expect.within(function()
      for _, wait in ipairs { function() poe.sleep(0) end, function() poe.wait "x" end,
        function() poe.ask(SESSION, "x") end, function() poe.with_timeout(1, nothing) end } do
        local co = coroutine.create(wait)
        local ok, message = coroutine.resume(co)
        expect(ok, false)
        expect.match(message, "cannot wait in a coroutine of the script's own$")
        expect.match(message, "^spec/lua/poe/wait_spec%.lua:%d+: ")
      end
    end)
  end)

  it("in _stop", function(expect)
    poe.spawn { _stop = function()
      expect.raises("cannot wait in _stop", function() poe.sleep(0) end)
      expect.raises("cannot wait in _stop", function() poe.with_timeout(1, nothing) end)
      call(SESSION, "inner")
    end, inner = function()
      expect.raises("cannot wait in _stop", function() poe.sleep(0) end)
    end }
    expect.run()
  end)

  it("in a function that C calls back", function(expect)
    expect.within(function()
      local what = "cannot wait inside a C function that calls back"
      expect.raises(what, function() table.sort({ 2, 1 }, function() poe.sleep(0) end) end)
      expect.raises(what, function() return (("x"):gsub("x", function() poe.sleep(0) end)) end)
      expect.raises(what, function() for _ in ("x"):gmatch "x" do tostring(setmetatable({}, { __tostring = function() poe.sleep(0) end })) end end)
      expect.raises(what, function() load(function() poe.sleep(0) end) error((select(2, load(function() poe.sleep(0) end))), 0) end)
      expect.raises(what, function() require "poe".spawn { _start = function() end } table.concat(setmetatable({}, { __index = function() poe.wait "x" end, __len = function() return 1 end })) end)
      poe.sleep(0) -- but here it can
    end)
  end)

  it("metamethods of Lua's own operators can wait", function(expect)
    expect.within(function()
      local t = setmetatable({}, { __index = function(_, key) poe.sleep(0) return key end, __add = function() poe.sleep(0) return 3 end,
        __call = function(_, x) poe.sleep(0) return x end, __eq = function() poe.sleep(0) return true end })
      expect(t.key, "key")
      expect(t + 1, 3)
      expect(t(4), 4)
      expect(t == setmetatable({}, getmetatable(t)), true)
      for i in (function() local n = 0 return function() poe.sleep(0) n = n + 1 if n < 3 then return n end end end)() do
        expect.log(i)
      end
    end)
    expect.logged { "1", "2" }
  end)

  it("a coroutine of the script's own works beside waits in a handler", function(expect)
    poe.spawn { _start = function() yield("go", 1) yield("go", 2) end, go = function(n)
      local producer = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(n * 10 + i) end return "end" end)
      local got = {}
      for _ = 1, 4 do
        got[#got + 1] = producer()
        poe.sleep(0.001)
      end
      expect(got, { n * 10 + 1, n * 10 + 2, n * 10 + 3, "end" })
      local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) return b * 2 end)
      expect({ coroutine.resume(co, 1) }, { true, 2 })
      local before = names()
      poe.sleep(0)
      expect({ coroutine.resume(co, 21) }, { true, 42 })
      expect(names(), before)
      expect.raises_value("attempt to yield from outside a coroutine", coroutine.yield)
    end }
    expect.run()
  end)

  it("in a <close> variable of a function that has timed out, or of a handler that has raised", function(expect)
    local told = {}
    local function waits() told[#told + 1] = select(2, pcall(poe.sleep, 0)) end
    poe.spawn(survivor({ _start = function() yield "go" end, go = function()
      poe.with_timeout(0.001, function() local _ <close> = closing(waits) poe.sleep(60) end)
      poe.sleep(0)
      local _ <close> = closing(waits)
      error "boom"
    end }, nothing))
    expect.run()
    expect(told, { "cannot wait while <close> variables are closed", "cannot wait while <close> variables are closed" })
  end)
end)

describe("chunks that wait", function()
  it("come one after another, by LUA_INIT, -e and as a script", function(expect)
    local out, err, status = run_poe('poe.sleep(0) print(3, STATE, KERNEL:run())', { options = {
      "-e", "poe.sleep(0.001) print(1, SENDER)",
      "-e", "poe.spawn { _start = function() poe.sleep(0.001) print 's' end } print(2, pcall(poe.sleep, 0))" } })
    expect(out, "1\tnil\n2\ttrue\ns\n3\tnil\ttrue\n")
    expect(err, "")
    expect(status, 0)
  end)

  it("in the REPL, too", function(expect)
    local out = run_poe("", { options = { "-i" } }, [[
poe.sleep(0.001)
=poe.with_timeout(0.001, poe.sleep, 60)
poe.sleep(0) error "one"
s = poe.spawn { double = function(x) poe.sleep(0) return 2 * x end, _start = function() KERNEL:delay("end", 0.05) end }
=poe.ask(s, "double", 4)
]])
    expect.match(out, "nil\tETIMEDOUT: not done in 0%.001 seconds\tETIMEDOUT\n")
    expect.match(out, "8\n")
  end)

  it("told to end by a signal, while they wait", function(expect)
    for _, text in ipairs { "poe.sleep(60)", "poe.sleep(0) poe.spawn { _start = function() poe.sleep(60) end } KERNEL:run()" } do
      local out, _, status = run_poe("io.popen('sleep 0.1; kill -TERM ' .. poe.pid()) " .. text .. " print 'never'")
      expect(out, "")
      expect(status, 128 + 15)
    end
  end)

  it("load and run a function of the host's inside a handler: no wait there", function(expect)
    poe.spawn { _start = function()
      expect({ load("local poe = require 'poe' poe.sleep(0) return SESSION:ID()")() }, { SESSION:ID() })
      expect({ pcall(dofile, "/dev/null") }, { true })
    end }
    expect.run()
  end)

  it("KERNEL:run in a handler that has waited is still an error", function(expect)
    expect.within(function()
      poe.sleep(0)
      expect.raises("run: the kernel is running already", function() KERNEL:run() end)
    end)
  end)

  it("run_one_timeslice and run_while in a chunk that has waited", function(expect)
    local out, err, status = run_poe [[
      poe.sleep(0)
      print(KERNEL:run_one_timeslice())
      poe.spawn { _start = function() KERNEL:delay("x", 0.01) yield "y" end, x = function() print "x" end, y = function() print "y" end }
      print(KERNEL:run_while(function() return true end))
      poe.spawn { _start = function() yield "boom" end, boom = function() error("boom", 0) end }
      print(pcall(KERNEL.run_while, KERNEL, function() return true end))
      poe.sleep(0)
      print(KERNEL:run())
      print "done"
    ]]
    expect(out, "nil\ny\nx\ntrue\nfalse\tboom\ntrue\ndone\n")
    expect(err, "")
    expect(status, 0)
  end)
end)

describe("a slice inside a handler that has waited", function()
  for what, wait in pairs {
    ["after sleep(0)"] = function() poe.sleep(0) end,
    ["after a sleep"] = function() poe.sleep(0.001) end,
    ["after an ask"] = function(sender) poe.ask(sender, "asked") end,
  } do
    it(what .. " takes nothing from the count of what keeps the sender and itself", function(expect)
      local worker
      local sender = poe.spawn {
        _start = function() KERNEL:refcount_increment(SESSION:ID(), "work") yield "go" end,
        go = function() post(worker, "work") end,
        asked = nothing,
        done = function() KERNEL:refcount_decrement(SESSION:ID(), "work") end,
        _stop = function() expect.log "the sender stops" end,
      }
      worker = poe.spawn {
        work = function()
          wait(sender)
          expect(kept_by(sender, "event"), 0)
          expect(kept_by(SESSION, "event"), 0)
          KERNEL:run_one_timeslice()
          expect(kept_by(sender, "event"), 0)
          expect(kept_by(SESSION, "event"), 0)
          expect(kept_by(SESSION, "suspended"), 1)
          post(sender, "done")
          expect(kept_by(sender, "event"), 1)
        end,
        _stop = function() expect.log "the worker stops" end,
      }
      expect.run()
      expect.logged { "the worker stops", "the sender stops" }
    end)
  end
end)

describe("families", function()
  it("a _start that waits lets create return, and _child create has no result", function(expect)
    poe.spawn {
      _start = function()
        HEAP.child = poe.spawn { _start = function() poe.sleep(0.001) expect.log "started" return 1 end, _stop = function() return 2 end }
        expect.log("created", HEAP.child:ID() > 0)
        expect(kept_by(HEAP.child, "suspended"), 1)
        expect(kept_by(SESSION, "child"), 1)
      end,
      _child = function(reason, child, ...)
        expect(child, child)
        expect.log(reason, select("#", ...), ...)
      end,
    }
    expect.run()
    expect.logged { "create 1 nil", "created true", "started", "lose 1 2" }
  end)

  it("sessions made, detached and adopted while a handler waits", function(expect)
    local child
    local parent = poe.spawn {
      _start = function()
        child = poe.spawn { _start = function()
          KERNEL:alias_set "child"
          local before = names()
          poe.sleep(0.004)
          expect(names(), before)
          expect.log "child goes on"
          KERNEL:detach_myself()
          poe.sleep(0.001)
          expect(names(), before)
        end, _parent = function(old, new)
          local before = names()
          poe.sleep(0)
          expect(names(), before)
          expect.log("parent", old:ID() > 1, new == KERNEL)
        end }
        poe.sleep(0.001)
        local other = poe.spawn { _start = function() poe.sleep(0.02) expect.log "grandchild ends" end }
        expect(KERNEL:detach_child(other), true)
      end,
      _child = function(reason) local before = names() poe.sleep(0) expect(names(), before) expect.log(reason) end,
    }
    expect(parent:ID() < child:ID(), true)
    expect.run()
    expect.logged { "create", "create", "lose", "child goes on", "lose", "parent true true", "grandchild ends" }
  end)

  it("a parent that stops closes its waiting children first", function(expect)
    local parent = poe.spawn { _start = function()
      KERNEL:alias_set "p"
      poe.spawn { _start = function()
        local _ <close> = closing(function() expect.log "child closed" end)
        poe.sleep(60)
      end, _stop = function() expect.log "child stops" end }
      local _ <close> = closing(function() expect.log "parent closed" end)
      poe.wait "never"
    end, _stop = function() expect.log "parent stops" end }
    poe.spawn { _start = function() KERNEL:delay("go", 0.001) end, go = function() KERNEL:signal(parent, "KILL") end }
    expect.run()
    expect.logged { "child stops", "child closed", "parent stops", "parent closed" }
  end)
end)

describe("what waits is given back", function()
  --- Kilobytes after full collections.
  local function kilobytes()
    collectgarbage()
    collectgarbage()
    return collectgarbage "count"
  end

  --- Runs `fn` ten times and more: no event, timer or descriptor is left, and what memory grows stops to
  --- grow, as the pool of coroutines is as large as it has ever to be at once.
  local function steady(expect, fn)
    local open, grown = expect.descriptors(), nil
    for _ = 1, 5 do fn() end
    for _ = 1, 5 do
      local before = kilobytes()
      for _ = 1, 5 do fn() end
      grown = kilobytes() - before
      if grown < 60 then break end
    end
    expect(grown < 60, true, ("grown by %.0f KB"):format(grown))
    expect(KERNEL:get_event_count(), 0)
    expect(KERNEL:get_next_event_time(), nil)
    expect(expect.descriptors(), open)
  end

  it("10000 asks that time out", function(expect)
    local n, asked, counted = expect.heavy(10000) // 10 + 1, 0, 0
    steady(expect, function()
      asked = asked + n
      local server = poe.spawn { _start = function() KERNEL:alias_set "server" end, never = function() poe.wait "nothing" end }
      poe.spawn { _start = function()
        local done = 0
        for _ = 1, n do
          poe.spawn { _start = function()
            local _, _, code = poe.with_timeout(0.001, poe.ask, server, "never")
            if code == "ETIMEDOUT" then counted = counted + 1 end
            done = done + 1
            if done == n then KERNEL:signal(server, "KILL") end
          end }
        end
      end }
      KERNEL:run()
    end)
    expect(counted, asked)
  end, 20)

  it("10000 asks in a row, sleeps and waits", function(expect)
    local n = expect.heavy(10000) // 10 + 1
    steady(expect, function()
      local server = poe.spawn { _start = function() KERNEL:alias_set "server" end, echo = function(...) return ... end }
      poe.spawn { _start = function()
        for i = 1, n do
          poe.ask(server, "echo", i)
          poe.sleep(0)
          yield("x", i)
          poe.wait "x"
          poe.with_timeout(10, poe.sleep, 0)
        end
        KERNEL:alias_remove "server"
        KERNEL:signal(server, "KILL")
      end }
      KERNEL:run()
    end)
  end, 20)

  it("sessions that ask, time out, are cancelled and stop at random", function(expect)
    local seconds = tonumber(os.getenv "SOAK") or 2
    local n = math.max(20, expect.heavy(1000))
    local seed = tonumber(os.getenv "SEED") or os.time()
    math.randomseed(seed)
    local random = math.random
    local opened, closed = 0, 0
    local list, ends = {}, 0
    local states
    local function some() return list[random(#list)] end
    local actions = {
      function() poe.sleep(random() * 0.003) end,
      function() poe.sleep(0) end,
      function() poe.ask(some(), "work", random(3)) end,
      function() poe.with_timeout(random() * 0.003, poe.ask, some(), "work", random(3)) end,
      function() poe.with_timeout(random() * 0.003, poe.wait, "event" .. random(3)) end,
      function() poe.with_timeout(random() * 0.003, function()
        pcall(poe.with_timeout, random() * 0.003, function() poe.sleep(0) if random(2) == 1 then error "some" end poe.wait "event1" end)
      end) end,
      function() post(some(), "event" .. random(3), {}) end,
      function() if random(10) == 1 then KERNEL:signal(some(), random(2) == 1 and "KILL" or "TERM") end end,
      function() if random(10) == 1 then error "at random" end end,
      function() pcall(call, some(), "work", 2) end,
      function() poe.ask(SESSION, "work", 1) end,
      function() call(SESSION, "work", 2) end,
    }
    states = {
      _start = function()
        KERNEL:sig("DIE", "died")
        yield "life"
        if random(5) == 1 then poe.sleep(0.001) end
      end,
      died = function() if random(2) == 1 then KERNEL:sig_handled() end end,
      life = function()
        repeat
          states.work(random(3))
        until poe.time() > ends or random(200) == 1
      end,
      work = function(depth)
        local session, state = SESSION, STATE
        opened = opened + 1
        local _ <close> = closing(function()
          closed = closed + 1
          if SESSION ~= session and SESSION ~= KERNEL then error "wrong session" end
        end)
        for _ = 1, depth do
          actions[random(#actions)]()
          if STATE ~= state or SESSION ~= session and not pcall(poe.sleep, 0) then
            -- it was stopped while it ran, else:
            if STATE ~= state then expect(STATE, state) end
            return
          end
        end
      end,
      event1 = nothing, event2 = nothing, event3 = nothing,
    }
    warn "@off"
    local function round(length)
      ends = poe.time() + length
      poe.spawn { _start = function()
        KERNEL:sig("DIE", "died")
        for i = 1, n do list[i] = poe.spawn(states) end
        while poe.time() < ends do
          for i = 1, n do if not KERNEL:alias_resolve(list[i]:ID()) then list[i] = poe.spawn(states) end end
          poe.sleep(0.01)
        end
        list = { SESSION }
        poe.sleep(0.05)
        KERNEL:stop()
      end, died = function() KERNEL:sig_handled() end, work = nothing }
      KERNEL:run()
      list = {}
      expect(opened, closed, "seed " .. seed)
      expect(KERNEL:get_event_count(), 0)
      expect(KERNEL:get_next_event_time(), nil)
      for session in KERNEL:sessions() do if session ~= KERNEL then expect(tostring(session), nil) end end
    end
    round(seconds / 4)
    round(seconds / 4)
    local before = kilobytes()
    round(seconds / 4)
    round(seconds / 4)
    local grown = kilobytes() - before
    warn "@on"
    expect(opened > n, true)
    expect(grown < 1000, true, ("seed %d: grown by %.0f KB of %.0f"):format(seed, grown, before))
  end, (tonumber(os.getenv "SOAK") or 2) + 10)
end)
