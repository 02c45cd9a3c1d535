--- Section 4: post, yield, call, their order and their failures.
local poe = require "poe"

local function nothing() end

--- 0, 1 ... n values, every third one nil.
local function values(n)
  local list = { n = n }
  for i = 1, n do
    if i % 3 ~= 0 then list[i] = i end
  end
  return list
end

describe("post", function()
  it("returns true and delivers the arguments", function(expect)
    local got
    local s = poe.spawn { x = function(...) got = table.pack(...) end }
    expect(table.pack(post(s, "x", 1, "two", nil, false)), { true, n = 1 })
    expect.run()
    expect(got, { 1, "two", nil, false, n = 4 })
  end)

  it("R21 takes a session, an ID, an ID's digits, an alias, KERNEL and its ID", function(expect)
    local s = poe.spawn { _start = function() KERNEL:alias_set "name" end, x = expect.times(4) }
    expect(post(s, "x"), true)
    expect(post(s:ID(), "x"), true)
    expect(post(tostring(s:ID()), "x"), true)
    expect(post("name", "x"), true)
    expect(post(KERNEL, "x"), true)
    expect(post(1, "x"), true)
    expect.run()
  end)

  it("R22 an ID goes before an alias of the same digits", function(expect)
    local first = poe.spawn { x = expect.times(1) }
    poe.spawn {
      _start = function() KERNEL:alias_set(tostring(first:ID())) KERNEL:alias_set "99999999" end,
      x = expect.times(1),
    }
    expect(post(tostring(first:ID()), "x"), true)
    expect(post("99999999", "x"), true)
    expect.run()
  end)

  it("R23 resolves the alias when it posts", function(expect)
    local a = poe.spawn {
      _start = function() KERNEL:alias_set "x" end,
      drop = function() KERNEL:alias_remove "x" end,
      e = function(n) expect.log("a", n) end,
    }
    local b = poe.spawn { take = function() KERNEL:alias_set "x" end, e = function(n) expect.log("b", n) end }
    post("x", "e", 1)
    call(a, "drop")
    call(b, "take")
    post("x", "e", 2)
    expect.run()
    expect.logged { "a 1", "b 2" }
  end)

  it("carries 0 to 300 arguments, nils among them", function(expect)
    local seen = 0
    local s = poe.spawn { x = function(n, ...)
      expect(table.pack(...), values(n))
      seen = seen + 1
    end }
    for n = 0, 300 do post(s, "x", n, table.unpack(values(n), 1, n)) end
    collectgarbage()
    expect.run()
    expect(seen, 301)
  end)

  it("carries thousands of arguments", function(expect)
    local s = poe.spawn { x = function(...) return select("#", ...), (select(-1, ...)) end }
    local list = {}
    for i = 1, 5000 do list[i] = i end
    poe.spawn { x = expect.times(2, function(...)
      expect(select("#", ...), 5000)
      expect((select(-1, ...)), 5000)
    end), _start = function()
      yield("x", table.unpack(list))
      KERNEL:delay_set("x", 0, table.unpack(list))
    end }
    expect({ call(s, "x", table.unpack(list)) }, { 5000, 5000 })
    expect.run()
  end)

  it("R24 copies the list of arguments and shares what they refer to", function(expect)
    local shared, list = { 1 }, { "a" }
    local s = poe.spawn { x = function(text, object) expect({ text, object[1] }, { "a", 2 }) end }
    post(s, "x", list[1], shared)
    list[1], shared[1] = "changed", 2
    expect.run()
  end)

  it("R25 lets arguments go when the handler has returned", function(expect)
    local weak = setmetatable({}, { __mode = "v" })
    poe.spawn {
      _start = function() weak[1] = {} yield("x", weak[1]) yield "y" end,
      x = function(object) expect(weak[1], object) end,
      y = function() yield "z" end,
      z = function()
        for _ = 1, 3 do collectgarbage() end
        expect(weak[1], nil)
      end,
    }
    expect.run()
    weak[2] = {}
    local t = poe.spawn { x = nothing }
    post(t, "x", weak[2])
    expect.run()
    for _ = 1, 3 do collectgarbage() end
    expect(weak[2], nil)
  end)

  it("R20 fails for what does not exist", function(expect)
    expect.fails("ESRCH", "no such session: nobody", post("nobody", "x"))
    expect.fails("ESRCH", "no such session: 999999", post(999999, "x"))
    expect.fails("ESRCH", "no such session: -1", post(-1, "x"))
    expect.fails("ESRCH", "no such session: 0", post(0, "x"))
    expect.fails("ESRCH", "no such session: 2.5", post(2.5, "x"))
    expect.fails("ESRCH", "no such session: ", post("", "x"))
    expect.fails("ESRCH", "no such session: " .. math.mininteger, post(math.mininteger, "x"))
    expect.fails("ESRCH", "no such session: " .. ("9"):rep(30), post(("9"):rep(30), "x"))
    expect.fails("ESRCH", "no such session: nobody", KERNEL:post("nobody", "x"))
  end)

  it("a number that is an integer is an ID, however it is written", function(expect)
    local s = poe.spawn { x = expect.times(1) }
    expect(post(s:ID() + 0.0, "x"), true)
    expect.run()
  end)

  it("a name with a zero byte is not the name before it", function(expect)
    local s = poe.spawn { _start = function() KERNEL:alias_set "name" end, x = expect.never() }
    expect(post("name\0other", "x"), nil)
    expect(post(s:ID() .. "\0", "x"), nil)
    expect.run()
  end)

  it("R41 fails for a session that has stopped", function(expect)
    local s = poe.spawn {}
    local text = tostring(s)
    expect.run()
    expect.fails("ESRCH", "no such session: " .. text, post(s, "x"))
    expect.fails("ESRCH", "no such session: " .. s:ID(), post(s:ID(), "x"))
  end)

  it("R76 in _stop is accepted and lost", function(expect)
    local other = poe.spawn { _start = function() KERNEL:delay("wait", 0.01) end, x = expect.never(), wait = nothing }
    poe.spawn {
      x = expect.never(),
      _stop = function()
        expect(yield "x", true)
        expect(post(SESSION, "x"), true)
        expect(post(other, "x"), true)
        expect(KERNEL:delay("x", 0), true)
        expect(KERNEL:alias_set "mine", true)
        expect.yes(KERNEL:alarm_set("x", 1))
        expect(KERNEL:sig("thing", "x"), true)
        expect(KERNEL:signal(other, "thing"), true)
        expect(KERNEL:refcount_increment(SESSION:ID(), "tag"), 1)
      end,
    }
    expect.run()
  end)

  it("raises wrong arguments, at the caller", function(expect)
    expect.raises("bad argument #1 to 'post' (session, ID or alias expected, got no value)", function() post() end)
    for _, bad in ipairs { { nil, "nil" }, { {}, "table" }, { true, "boolean" }, { print, "function" },
                           { io.stdout, "userdata" }, { coroutine.create(print), "thread" } } do
      expect.raises_like("^bad argument #1 to 'post' %(session, ID or alias expected, got [%w*]+%)$",
        function() post(bad[1], "x") end)
      expect.raises_like("^bad argument #1 to 'post' %(session, ID or alias expected, got [%w*]+%)$",
        function() KERNEL:post(bad[1], "x") end)
    end
    expect.raises("bad argument #2 to 'post' (event: string expected, got no value)", function() post(KERNEL) end)
    expect.raises("bad argument #2 to 'post' (event: string expected, got no value)", function() post "nobody" end)
    expect.raises("bad argument #2 to 'post' (event: string expected, got number)", function() post(KERNEL, 1) end)
    expect.raises("bad argument #2 to 'post' (event: string expected, got nil)", function() post(KERNEL, nil) end)
    expect.raises("bad argument #2 to 'post' (event: string expected, got table)", function() post(KERNEL, {}) end)
    expect.raises("bad argument #2 to 'post' (event: string expected, got number)", function() KERNEL:post(KERNEL, 1) end)
    local s = poe.spawn {}
    expect.raises("bad argument #2 to 'post' (event: 'a' contains a zero byte)", function() post(s, "a\0b") end)
    expect.raises("bad argument #2 to 'post' (event: '' contains a zero byte)", function() post(s, "\0") end)
    expect.run()
  end)

  it("called with a dot says so", function(expect)
    expect.raises("bad self of 'post' (KERNEL expected, got string; call it KERNEL:post)",
      function() KERNEL.post("nobody", "x") end)
    expect.raises("bad self of 'post' (KERNEL expected, got no value; call it KERNEL:post)",
      function() KERNEL.post() end)
    expect.raises("bad self of 'yield' (KERNEL expected, got string; call it KERNEL:yield)",
      function() KERNEL.yield "x" end)
    expect.raises("bad self of 'call' (KERNEL expected, got string; call it KERNEL:call)",
      function() KERNEL.call("nobody", "x") end)
  end)

  it("with a session in place of KERNEL says so", function(expect)
    local s = poe.spawn {}
    expect.raises_like("^bad self of 'post' %(KERNEL expected, got ", function() KERNEL.post(s, "x") end)
    expect.run()
  end)
end)

describe("yield", function()
  it("posts to SESSION", function(expect)
    poe.spawn {
      _start = function()
        expect(table.pack(yield("x", 1, nil)), { true, n = 1 })
        expect(KERNEL:yield "y", true)
      end,
      x = expect.times(1, function(...)
        expect(table.pack(...), { 1, nil, n = 2 })
        expect(SENDER, SESSION)
      end),
      y = expect.times(1),
    }
    expect.run()
  end)

  it("R42 outside any session posts to KERNEL and is lost", function(expect)
    expect(yield "x", true)
    expect.run()
  end)

  it("raises wrong arguments, at the caller", function(expect)
    expect.raises("bad argument #1 to 'yield' (event: string expected, got no value)", function() yield() end)
    expect.raises("bad argument #1 to 'yield' (event: string expected, got table)", function() yield {} end)
    expect.raises("bad argument #1 to 'yield' (event: string expected, got number)", function() KERNEL:yield(1) end)
    expect.within(function()
      expect.raises("bad argument #1 to 'yield' (event: 'x' contains a zero byte)", function() yield "x\0" end)
    end)
  end)
end)

describe("order", function()
  it("R19 is first in, first out across all sessions", function(expect)
    local function states(name)
      return {
        _start = function() yield("x", 1) yield("x", 2) end,
        x = function(n) expect.log(name .. n) end,
      }
    end
    poe.spawn(states "A")
    poe.spawn(states "B")
    expect.run()
    expect.logged { "A1", "A2", "B1", "B2" }
  end)

  it("R19 holds for many", function(expect)
    local next_one = 1
    poe.spawn {
      _start = function() for i = 1, 1000 do yield("x", i) end end,
      x = function(i) expect(i, next_one) next_one = next_one + 1 end,
    }
    expect.run()
    expect(next_one, 1001)
  end)

  it("R28 what a handler posts runs in the next slice, after the sweep", function(expect)
    poe.spawn {
      _start = function() yield "x" end,
      x = function() expect.log "A:x" yield "y" end,
      y = function() expect.log "A:y" end,
    }
    poe.spawn {
      _start = function() yield "x" end,
      x = function() expect.log "B:x" end,
      _stop = function() expect.log "B:_stop" end,
    }
    expect.run()
    expect.logged { "A:x", "B:x", "B:_stop", "A:y" }
  end)

  it("R31 is by due time, a post's being the moment it was posted", function(expect)
    poe.spawn {
      _start = function()
        local now = poe.time()
        yield "y1"
        KERNEL:delay("d0", 0)
        yield "y2"
        KERNEL:alarm("past", now - 10)
        KERNEL:alarm("past2", now - 10)
        KERNEL:alarm("past20", now - 20)
        KERNEL:delay("neg", -5)
        yield "y3"
        KERNEL:alarm("epoch1", 1)
        KERNEL:alarm("zero", 0)
      end,
      _default = function(event) if event ~= "_stop" then expect.log(event) end end,
    }
    expect.run()
    expect.logged { "zero", "epoch1", "past20", "past", "past2", "neg", "y1", "d0", "y2", "y3" }
  end)

  it("R33 a timer set in the past runs in this slice, before all else", function(expect)
    local function other(name)
      return { _start = function() yield "x" end, x = function() expect.log(name .. ":x") end }
    end
    poe.spawn {
      _start = function() yield "x" end,
      x = function() expect.log "A:x" yield "y" KERNEL:alarm("past", poe.time() - 10) end,
      past = function() expect.log "A:past" end,
      y = function() expect.log "A:y" end,
    }
    poe.spawn(other "B")
    poe.spawn(other "C")
    expect.run()
    expect.logged { "A:x", "A:past", "B:x", "C:x", "A:y" }
  end)

  it("R35 a chain of delay(0) and a chain of posts take turns", function(expect)
    poe.spawn {
      _start = function() KERNEL:delay("z", 0, 1) yield("y", 1) end,
      z = function(n) expect.log("z" .. n) if n < 3 then KERNEL:delay("z", 0, n + 1) end end,
      y = function(n) expect.log("y" .. n) if n < 3 then yield("y", n + 1) end end,
    }
    expect.run()
    expect.logged { "z1", "y1", "z2", "y2", "z3", "y3" }
  end)

  it("R34 a chain of past alarms does not starve others", function(expect)
    local generations, done = 0, false
    poe.spawn {
      _start = function() KERNEL:alarm("again", 1) yield "other" end,
      again = function()
        generations = generations + 1
        if not done and generations < 1000000 then KERNEL:alarm("again", 1) end
      end,
      other = function() done = true end,
    }
    expect.run()
    expect(done, true)
    expect(generations < 1000000, true)
  end)

  it("R36 an endless chain of posts starves no timer", function(expect)
    local done = false
    poe.spawn {
      _start = function() KERNEL:delay("late", 0.02) yield "again" end,
      again = function() if not done then yield "again" end end,
      late = function() done = true end,
    }
    expect.run()
    expect(done, true)
  end)

  it("R43 call runs ahead of the queue", function(expect)
    local a = poe.spawn { sync = function() expect.log "A:sync" end, x = function() expect.log "A:x" end }
    poe.spawn {
      _start = function() yield "t1" post(a, "x") end,
      t1 = function() expect.log "B:t1 begins" call(a, "sync") expect.log "B:t1 ends" end,
    }
    expect.run()
    expect.logged { "B:t1 begins", "A:sync", "B:t1 ends", "A:x" }
  end)

  it("posting inside everything: _start, _stop, _child, call, self-call, signal, timer", function(expect)
    local log = function() expect.log(STATE, CALLER_STATE) end
    local s = poe.spawn {
      _start = function()
        yield "from_start"
        call(SESSION, "self")
        KERNEL:sig("thing", "signal")
        KERNEL:signal(SESSION, "thing")
        KERNEL:delay("timer", 0)
        poe.spawn {}
      end,
      _child = function(reason) yield("from_child_" .. reason) end,
      self = function() yield "from_self" end,
      other = function() yield "from_call" end,
      signal = function() yield "from_signal" end,
      timer = function() yield "from_timer" end,
      from_start = log, from_self = log, from_call = log, from_signal = log, from_timer = log,
      from_child_create = log, from_child_lose = log,
    }
    call(s, "other")
    expect.run()
    expect.logged { "from_start _start", "from_self self", "from_child_create _child", "from_call other",
                    "from_signal signal", "from_timer timer", "from_child_lose _child" }
  end)
end)

describe("call", function()
  it("R44 returns all of the handler's results", function(expect)
    local s = poe.spawn { x = function(...) return ... end, none = nothing, many = function() return table.unpack({}, 1, 200) end }
    expect(table.pack(call(s, "x", 1, nil, 3, nil)), { 1, nil, 3, nil, n = 4 })
    expect(table.pack(call(s, "none")), { n = 0 })
    expect(select("#", call(s, "many")), 200)
    expect(table.pack(KERNEL:call(s, "x", "a")), { "a", n = 1 })
    expect.run()
  end)

  it("carries 0 to 300 arguments and results, nils among them", function(expect)
    local s
    s = poe.spawn {
      x = function(...) return ... end,
      all = function()
        for n = 0, 300 do
          local list = values(n)
          expect(table.pack(call(SESSION, "x", table.unpack(list, 1, n))), list)
        end
      end,
    }
    for n = 0, 300 do
      local list = values(n)
      expect(table.pack(call(s, "x", table.unpack(list, 1, n))), list)
    end
    call(s, "all")
    expect.run()
  end)

  it("R46 without handler and _default returns nothing", function(expect)
    local s = poe.spawn { me = function() return select("#", call(SESSION, "none")) end }
    expect(select("#", call(s, "none")), 0)
    expect(call(s, "me"), 0)
    expect.run()
  end)

  it("R45 of what does not exist fails", function(expect)
    expect.fails("ESRCH", "no such session: nobody", call("nobody", "x"))
    expect.fails("ESRCH", "no such session: 999999", KERNEL:call(999999, "x"))
    local s = poe.spawn {}
    expect.run()
    expect.fails("ESRCH", "no such session: " .. tostring(s), call(s, "x"))
    expect.within(function() expect.fails("ESRCH", "no such session: nobody", call("nobody", "x")) end)
  end)

  it("R48 of KERNEL returns 0", function(expect)
    local s = poe.spawn { x = function() return call(KERNEL, "x") end }
    expect(table.pack(call(KERNEL, "x", 1)), { 0, n = 1 })
    expect(call(s, "x"), 0)
    expect.run()
  end)

  it("R52 gives nil, message, DIE when another session's handler raises", function(expect)
    local s = poe.spawn {
      _start = function() KERNEL:sig("DIE", "died") end,
      died = expect.times(6, function(_, info) expect.log(type(info.error), info.error_str) KERNEL:sig_handled() end),
      text = function() error("text", 0) end,
      position = function() error "position" end,
      number = function() error(42) end,
      object = function() error(setmetatable({}, { __tostring = function() return "an object" end })) end,
      table = function() error {} end,
      none = function() error(nil) end,
    }
    expect(table.pack(call(s, "text")), { nil, "text", "DIE", n = 3 })
    local _, message, code = call(s, "position")
    expect.match(message, "events_spec%.lua:%d+: position$")
    expect(code, "DIE")
    expect(table.pack(call(s, "number")), { nil, "42", "DIE", n = 3 })
    expect(table.pack(call(s, "object")), { nil, "an object", "DIE", n = 3 })
    expect(table.pack(call(s, "table")), { nil, "(error object is a table value)", "DIE", n = 3 })
    expect(table.pack(call(s, "none")), { nil, "(error object is a nil value)", "DIE", n = 3 })
    expect.run()
    expect.logged { "string text", "string " .. message, "number 42", "table an object",
                    "table (error object is a table value)", "nil (error object is a nil value)" }
  end)

  it("R50 a self-call's error is the caller's, the very value", function(expect)
    local object = {}
    poe.spawn {
      _start = function()
        expect.raises_value(object, call, SESSION, "boom", object)
        expect.raises_value(false, call, SESSION, "boom", false)
        expect.raises_value(nil, call, SESSION, "boom", nil)
        expect.raises_value("text", call, SESSION, "boom", "text")
        KERNEL:sig("DIE", "died")
      end,
      died = expect.never(),
      boom = function(value) error(value, 0) end,
    }
    expect.run()
  end)

  it("R51 calls itself more than 500 levels deep", function(expect)
    poe.spawn {
      _start = function()
        expect(call(SESSION, "down", 5000), 5000)
        expect(STATE, "_start")
      end,
      down = function(n)
        if n == 0 then return 0 end
        return 1 + call(SESSION, "down", n - 1)
      end,
    }
    expect.run()
  end)

  it("R51 the same through KERNEL:call and by ID and alias", function(expect)
    poe.spawn {
      _start = function()
        KERNEL:alias_set "deep"
        expect(KERNEL:call("deep", "down", 600), 600)
      end,
      down = function(n)
        if n == 0 then return 0 end
        return 1 + KERNEL:call(n % 2 == 0 and "deep" or SESSION:ID(), "down", n - 1)
      end,
    }
    expect.run()
  end)

  it("endless self-calls are an ordinary stack overflow", function(expect)
    poe.spawn {
      _start = function()
        local ok, message = pcall(call, SESSION, "down")
        expect(ok, false)
        expect.match(message, "stack overflow")
        expect(STATE, "_start")
        expect(call(SESSION, "fine"), "fine")
      end,
      down = function() return 1 + call(SESSION, "down") end,
      fine = function() return "fine" end,
    }
    expect.run()
  end)

  it("R49 nests across more than 60 sessions", function(expect)
    local sessions = {}
    local states = { pass = function(n)
      if n == 0 then return 0, SESSION:ID() end
      local depth, last = call(sessions[n], "pass", n - 1)
      expect(STATE, "pass")
      return depth + 1, last
    end }
    for i = 1, 100 do sessions[i] = poe.spawn(states) end
    local depth, last = call(sessions[100], "pass", 80)
    expect(depth, 80)
    expect(last, sessions[1]:ID())
    expect.run()
  end)

  it("endless calls between sessions are an error, and all go on", function(expect)
    local a, b
    a = poe.spawn {
      _start = function() KERNEL:sig("DIE", "died") end,
      died = function() KERNEL:sig_handled() end,
      x = function() return call(b, "x") end, fine = function() return "fine" end,
    }
    b = poe.spawn {
      _start = function() KERNEL:sig("DIE", "died") end,
      died = function() KERNEL:sig_handled() end,
      x = function() return call(a, "x") end,
    }
    local first, message, code = call(a, "x")
    expect(first, nil)
    if code == "DIE" then expect.match(message, "overflow") end
    expect(call(a, "fine"), "fine")
    expect.run()
  end)

  it("goes there and back between two sessions", function(expect)
    local a, b
    a = poe.spawn { x = function(n) return n == 0 and "end" or call(b, "x", n - 1) end }
    b = poe.spawn { x = function(n) return n == 0 and "end" or call(a, "x", n - 1) end }
    expect(call(a, "x", 100), "end")
    expect.run()
  end)

  it("R55 reaches the child from _child create and _child lose", function(expect)
    poe.spawn {
      _start = function() poe.spawn { x = function() return "child" end } end,
      _child = expect.times(2, function(_, child) expect(call(child, "x"), "child") end),
    }
    expect.run()
  end)

  it("R77 works in _stop", function(expect)
    local other = poe.spawn { _start = function() KERNEL:delay("wait", 0.01) end, wait = nothing,
                              x = function() return "alive" end }
    poe.spawn { _stop = function() expect(call(other, "x"), "alive") end }
    expect.run()
  end)

  it("raises wrong arguments, at the caller", function(expect)
    local function wrong()
      expect.raises_like("^bad argument #1 to 'call' %(session, ID or alias expected, got n[io]", function() call() end)
      expect.raises("bad argument #1 to 'call' (session, ID or alias expected, got table)", function() call({}, "x") end)
      expect.raises("bad argument #1 to 'call' (session, ID or alias expected, got boolean)",
        function() KERNEL:call(true, "x") end)
      expect.raises_like("^bad argument #2 to 'call' %(event: string expected, got n[io]", function() call "nobody" end)
      expect.raises_like("^bad argument #2 to 'call' %(event: string expected, got n[io]", function() call(SESSION) end)
      expect.raises("bad argument #2 to 'call' (event: string expected, got number)", function() call(SESSION, 1) end)
      expect.raises("bad argument #2 to 'call' (event: string expected, got table)", function() KERNEL:call(SESSION, {}) end)
      expect.raises("bad argument #2 to 'call' (event: 'x' contains a zero byte)", function() call(SESSION, "x\0y") end)
    end
    wrong()
    expect.within(wrong)
    local other = poe.spawn {}
    expect.within(function()
      expect.raises("bad argument #2 to 'call' (event: string expected, got number)", function() call(other, 1) end)
      expect.raises("bad argument #2 to 'call' (event: 'x' contains a zero byte)", function() call(other, "x\0y") end)
    end)
  end)
end)

describe("queue_limit", function()
  it("refuses post, yield and postbacks at the limit, and loses nothing", function(expect)
    local got = {}
    local s
    s = poe.Session.create {
      queue_limit = 3,
      inline_states = {
        _start = function() HEAP.back = SESSION:postback "b" end,
        x = function(n)
          got[#got + 1] = n
          if n == 3 then HEAP.back:release() end
        end,
        b = expect.never(),
        y = function() return yield("x", 5) end,
      },
    }
    for i = 1, 3 do expect(post(s, "x", i), true) end
    expect.fails("ENOBUFS", ("session %d has no room for event 'x'"):format(s:ID()), post(s, "x", 4))
    expect.fails("ENOBUFS", ("session %d has no room for event 'x'"):format(s:ID()), call(s, "y"))
    expect.fails("ENOBUFS", ("session %d has no room for event 'b'"):format(s:ID()), s:get_heap().back(1))
    expect.run()
    expect(got, { 1, 2, 3 })
  end)

  it("a running event no longer counts, a queued one does", function(expect)
    poe.Session.create {
      queue_limit = 1,
      inline_states = {
        _start = function() expect(yield("x", 1), true) end,
        x = function(n)
          if n < 5 then
            expect(yield("x", n + 1), true)
            expect((yield "too many"), nil)
          end
        end,
      },
    }
    expect.run()
  end)

  it("refuses no timer, signal or call", function(expect)
    local s = poe.Session.create {
      queue_limit = 1,
      inline_states = {
        _start = function() KERNEL:sig("thing", "signal") yield "x" end,
        go = function()
          expect(yield "x", nil)
          for _ = 1, 5 do expect.yes(KERNEL:delay_set("timer", 0)) end
          expect(KERNEL:signal(SESSION, "thing"), true)
          expect(call(SESSION, "x"), "called")
        end,
        x = expect.times(2, function() return "called" end),
        timer = expect.times(5), signal = expect.times(1),
      },
    }
    call(s, "go")
    expect.run()
  end)

  it("counts what others post", function(expect)
    local s = poe.Session.create { queue_limit = 10, inline_states = { x = expect.times(10) } }
    local accepted = 0
    for _ = 1, 5 do
      poe.spawn { _start = function() for _ = 1, 5 do if post(s, "x") then accepted = accepted + 1 end end end }
    end
    expect(accepted, 10)
    expect.run()
  end)
end)

describe("an unknown event", function()
  local WARNING = "Lua warning: session 2 has no handler for event 'x' (from session 2 in '_start')\n"

  it("is dropped and warned about once per state table and event", function(expect)
    local _, err, code = run_poe([[
poe.spawn { _start = function() for _ = 1, 3 do yield "x" end yield "y" end }
]])
    expect(err, WARNING .. WARNING:gsub("'x'", "'y'"))
    expect(code, 0)
  end)

  it("of sessions that share a table is warned about once", function(expect)
    local _, err = run_poe([[
local states = { _start = function() yield "x" end }
for _ = 1, 5 do poe.spawn(states) end
]])
    expect(err, WARNING)
  end)

  it("of sessions with tables of their own is warned about for each", function(expect)
    local _, err = run_poe([[
for _ = 1, 3 do poe.spawn { _start = function() yield "x" end } end
]])
    expect(select(2, err:gsub("\n", "\n")), 3)
  end)

  it("tells alias, sender and the caller's event", function(expect)
    local _, err = run_poe([[
local s = poe.spawn { _start = function() KERNEL:alias_set "logger" end }
poe.spawn { _start = function() KERNEL:alias_set "main" post(s, "lien", 1) end }
]])
    expect(err, "Lua warning: session 2 (logger) has no handler for event 'lien' "
      .. "(from session 3 (main) in '_start')\n")
  end)

  it("in a call is warned about, too", function(expect)
    local _, err = run_poe([[
local s = poe.spawn { _start = function() call(SESSION, "own") end }
poe.spawn { _start = function() call(s, "other") end }
]])
    expect.match(err, "session 2 has no handler for event 'own' %(called by session 2 in '_start'%)")
    expect.match(err, "session 2 has no handler for event 'other' %(called by session 3 in '_start'%)")
  end)

  it("is silent with warn '@off', as lua's", function(expect)
    local _, err = run_poe([[
warn "@off"
poe.spawn { _start = function() yield "x" end }
]])
    expect(err, "")
  end)

  it("_start, _stop, _child and _parent are never warned about", function(expect)
    local _, err = run_poe([[
poe.spawn { go = print, x = function() KERNEL:detach_child(poe.spawn {}) end, _start = function() yield "x" end }
]])
    expect(err, "")
  end)

  it("posted under the name of a predefined one is warned about", function(expect)
    local _, err = run_poe([[ poe.spawn { _start = function() yield "_stop" end } ]])
    expect.match(err, "no handler for event '_stop'")
  end)

  it("keeps both sessions until its turn (R38)", function(expect)
    local a, b
    b = poe.spawn { _stop = function() expect.log "b" end }
    a = poe.spawn { _start = function() KERNEL:delay("go", 0.01) end,
      go = function() post(b, "unknown") end, _stop = function() expect.log "a" end }
    KERNEL:refcount_increment(b:ID(), "until")
    poe.spawn { _start = function() KERNEL:delay("go", 0.005) end,
      go = function() KERNEL:refcount_decrement(b:ID(), "until") KERNEL:refcount_increment(b:ID(), "x")
        KERNEL:delay("end", 0.02) end,
      ["end"] = function() KERNEL:refcount_decrement(b:ID(), "x") end }
    expect.run()
    expect.logged { "a", "b" }
    expect.yes(a)
  end)
end)
