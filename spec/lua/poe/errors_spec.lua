--- Section 6: errors, from where they are raised to where they are heard of.
local poe = require "poe"

local function nothing() end

--- A session that handles its own DIE and hands the record to `heard`.
local function survivor(states, heard)
  local start = states._start
  states._start = function(...)
    KERNEL:sig("DIE", "died")
    if start then return start(...) end
  end
  states.died = function(name, info)
    KERNEL:sig_handled()
    heard(info, name)
  end
  return states
end

describe("what a handler raises", function()
  local as_text = setmetatable({}, { __tostring = function() return "as text" end })
  local plain = {}

  it("is the record's error, as text its error_str", function(expect)
    local cases = {
      { "text", "text" }, { 42, "42" }, { 1.5, "1.5" }, { as_text, "as text" },
      { plain, "(error object is a table value)" }, { false, "(error object is a boolean value)" },
      { true, "(error object is a boolean value)" }, { print, "(error object is a function value)" },
    }
    local n = 0
    poe.spawn(survivor({
      _start = function() for i in ipairs(cases) do yield("boom", i) end yield("boom", 0) end,
      boom = function(i) error((cases[i] or {})[1], 0) end,
    }, function(info, name)
      n = n + 1
      local case = cases[n] or { nil, "(error object is a nil value)" }
      expect(name, "DIE")
      expect(rawequal(info.error, case[1]), true)
      expect(info.error_str, case[2])
    end))
    expect.run()
    expect(n, #cases + 1)
  end)

  it("is what run raises when nobody handles it, the very value", function(expect)
    for _, value in ipairs { "text", 42, as_text, plain, true } do
      poe.spawn { _start = function() yield "boom" end, boom = function() error(value, 0) end }
      expect.raises_value(value, KERNEL.run, KERNEL)
    end
    for _, value in ipairs { false } do
      poe.spawn { _start = function() error(value) end }
      expect.raises_value(value, KERNEL.run, KERNEL)
    end
    poe.spawn { _start = function() error(nil) end }
    expect.raises_value(nil, KERNEL.run, KERNEL)
  end)

  it("R154 comes with event, file, line, sessions and a traceback", function(expect)
    local line, s, sender
    s = poe.spawn(survivor({
      boom = function() line = debug.getinfo(1, "l").currentline + 1
        error "message"
      end,
    }, function(info)
      expect.match(info.error_str, "errors_spec%.lua:" .. line .. ": message$")
      expect(info.error, info.error_str)
      expect(info.event, "boom")
      expect.match(info.file, "errors_spec%.lua$")
      expect(info.line, line)
      expect(info.from_state, "go")
      expect(info.source_session, sender)
      expect(info.dest_session, s)
      expect.match(info.traceback, "stack traceback:")
      expect.match(info.traceback, "errors_spec%.lua:" .. line)
      expect.match(info.traceback, ("in session %d, event 'boom'"):format(s:ID()))
    end))
    sender = poe.spawn { _start = function() yield "go" end, go = function() post(s, "boom") end }
    expect.run()
  end)

  it("R154 file and line are where it was raised, also deep in other functions", function(expect)
    local line
    local function deeper() line = debug.getinfo(1, "l").currentline + 1
      error "deep"
    end
    local heard = 0
    poe.spawn(survivor({ _start = function() yield "a" yield "b" end,
      a = function() deeper() end, b = function() local x = nil; return x.field end },
      function(info)
        heard = heard + 1
        if info.event == "a" then expect(info.line, line) else expect.match(info.error_str, "attempt to index a nil value") end
        expect.match(info.file, "errors_spec%.lua$")
      end))
    expect.run()
    expect(heard, 2)
  end)

  it("of stack overflow, out of memory and error in __tostring does no harm", function(expect)
    local n = 0
    poe.spawn(survivor({
      _start = function() for _, e in ipairs { "overflow", "memory", "tostring" } do yield(e) end end,
      overflow = function() local function f() return 1 + f() end return f() end,
      memory = function() return ("x"):rep(1 << 40) end,
      tostring = function() error(setmetatable({}, { __tostring = function() error "no text" end })) end,
    }, function(info)
      n = n + 1
      expect(type(info.error_str), "string")
    end))
    expect.run()
    expect(n, 3)
  end)

  it("closes the handler's <close> variables first", function(expect)
    poe.spawn(survivor({
      _start = function() yield "boom" end,
      boom = function()
        local _ <close> = setmetatable({}, { __close = function(_, e) expect.log("closed", (tostring(e):gsub("^.*: ", ""))) end })
        error "boom"
      end,
    }, function() expect.log "died" end))
    expect.run()
    expect.logged { "closed boom", "died" }
  end)
end)

describe("a state that is no function any more", function()
  it("is said so by name, wherever the event comes from", function(expect)
    local told = {}
    local states = survivor({
      _start = function() yield "number" yield "truth" yield "removed" yield "calls" yield "unknown" end,
      number = nothing, truth = nothing, removed = nothing, callable = nothing,
      calls = function() call(SESSION, "number") end,
      unknown = expect.times(1, function() expect(call(SESSION, "callable", 7), 7) end),
    }, function(info) told[#told + 1] = info.error_str end)
    local s = poe.spawn(states)
    states.number, states.truth, states.removed = 5, true, false
    states.callable = setmetatable({}, { __call = function(_, value) return value end })
    expect({ call(s, "number") }, { nil, "state 'number' must be a function, got number", "DIE" })
    expect.run()
    expect(told[1], "state 'number' must be a function, got number")
    expect(told[2], told[1])
    expect(told[3], "state 'truth' must be a function, got boolean")
    expect.match(told[4], "errors_spec%.lua:%d+: state 'number' must be a function, got number$")
    expect(#told, 4)
  end)

  it("is _default, too", function(expect)
    local told
    local states = survivor({ _default = nothing, _start = function() yield "x" end },
      function(info) told = info.error_str end)
    states._stop, states._child = nothing, nothing
    poe.spawn(states)
    states._default = "text"
    expect.run()
    expect(told, "state '_default' must be a function, got string")
  end)
end)

describe("an error on top of an error", function()
  it("that a <close> variable raises on the way out replaces it, as in Lua", function(expect)
    poe.spawn(survivor({
      _start = function() yield "boom" end,
      boom = function()
        local _ <close> = setmetatable({}, { __close = function() error("in close", 0) end })
        error("first", 0)
      end,
    }, function(info) expect.log(info.error) end))
    expect.run()
    expect.logged { "in close" }
  end)
end)

describe("where an error goes", function()
  it("R15 from _start: create returns, the parent hears of the child, then DIE", function(expect)
    poe.spawn(survivor({
      _start = function()
        local child = poe.spawn { _start = function() error "boom" end, _stop = function() expect.log "stop" end }
        expect(type(child), "userdata")
        expect.log "created"
        yield "next"
      end,
      next = function() expect.log "next" end,
      _child = function(reason, _, result) expect.log("child", reason, result) end,
    }, function() expect.log "died" end))
    expect.run()
    expect.logged { "child create nil", "created", "died", "next", "stop", "child lose nil" }
  end)

  it("R15 from _start at top level: create returns, run raises", function(expect)
    local s = poe.spawn { _start = function() error("boom", 0) end }
    expect(type(s), "userdata")
    expect.run_raises "boom"
  end)

  it("R162 from _stop: no DIE, raised by run", function(expect)
    poe.spawn(survivor({ _stop = function() error("in stop", 0) end }, function() expect.log "died" end))
    expect.run_raises "in stop"
    poe.spawn(survivor({
      _start = function() poe.spawn(survivor({ _stop = function() error("child's stop", 0) end },
        function() expect.log "died" end)) end,
      _child = function(reason) expect.log(reason) end,
    }, function() expect.log "died" end))
    expect.run_raises "child's stop"
    expect.logged { "create", "lose" }
  end)

  it("R165 from _child and _parent: DIE of that session, and all goes on", function(expect)
    poe.spawn(survivor({
      _start = function()
        poe.spawn(survivor({ _parent = function() error "in parent" end, x = function() expect.log "x" end,
          _start = function() yield "x" end },
          function(info) expect.log("child died", info.event, info.source_session) end))
      end,
      _child = function(reason, child)
        expect.log(reason)
        if reason == "create" then KERNEL:detach_child(child) end
        error "in child"
      end,
    }, function(info) expect.log("died", info.event, info.source_session) end))
    expect.run()
    expect.logged { "create", "lose", "x", "died _child kernel", "child died _parent kernel", "died _child kernel" }
  end)

  it("R52 R152 from a call of another session: DIE of the callee, queued", function(expect)
    local callee = poe.spawn(survivor({ boom = function() error("boom", 0) end },
      function(info) expect.log("callee died", info.error) end))
    poe.spawn(survivor({
      _start = function()
        yield "after"
        expect({ call(callee, "boom") }, { nil, "boom", "DIE" })
        expect.log "caller goes on"
      end,
      after = function() expect.log "after" end,
    }, function() expect.log "caller died" end))
    expect.run()
    expect.logged { "caller goes on", "after", "callee died boom" }
  end)

  it("R50 from a self-call that the caller does not catch: the caller's handler's", function(expect)
    poe.spawn(survivor({
      _start = function() yield "outer" end,
      outer = function() call(SESSION, "inner") expect.log "not reached" end,
      inner = function() error("inner", 0) end,
    }, function(info) expect.log(info.error, info.event) end))
    expect.run()
    expect.logged { "inner outer" }
  end)

  it("R140 from a signal's handler: the others still run", function(expect)
    local r = survivor({
      _start = function()
        KERNEL:sig("thing", "heard")
        poe.spawn { _start = function() KERNEL:sig("thing", "heard") end,
          heard = function() expect.log "child heard" error "child" end }
      end,
      heard = function() expect.log "parent heard" end,
    }, function(info) expect.log("died", info.event) end)
    KERNEL:signal(poe.spawn(r), "thing")
    expect.run()
    expect.logged { "child heard", "parent heard", "died heard" }
  end)

  it("from a timer: from_state is where it was set", function(expect)
    poe.spawn(survivor({ _start = function() KERNEL:delay("boom", 0) end, boom = function() error "x" end },
      function(info) expect.log(info.event, info.from_state, info.source_session == SESSION) end))
    expect.run()
    expect.logged { "boom _start true" }
  end)

  it("from a postback's and callback's event", function(expect)
    local s = poe.spawn(survivor({ boom = function() error("boom", 0) end },
      function(info) expect.log(info.event) end))
    local back <close> = s:postback "boom"
    local now <close> = s:callback "boom"
    expect(back(), true)
    expect({ now() }, { nil, "boom", "DIE" })
    back:release()
    now:release()
    expect.run()
    expect.logged { "boom", "boom" }
  end)

  it("from a coroutine of the script: only when it is passed on", function(expect)
    poe.spawn(survivor({
      _start = function()
        local ok, message = coroutine.resume(coroutine.create(function() error("inside", 0) end))
        expect({ ok, message }, { false, "inside" })
        yield "wrapped"
      end,
      wrapped = function() coroutine.wrap(function() error("wrapped", 0) end)() end,
    }, function(info) expect.log((info.error:gsub("^.*: ", ""))) end))
    expect.run()
    expect.logged { "wrapped" }
  end)
end)

describe("DIE", function()
  it("R152 is queued behind what is queued already", function(expect)
    poe.spawn(survivor({
      _start = function() yield "boom" yield "after" end,
      boom = function() expect.log "boom" yield "later" error "x" end,
      after = function() expect.log "after" end,
      later = function() expect.log "later" end,
    }, function() expect.log "died" end))
    expect.run()
    expect.logged { "boom", "after", "later", "died" }
  end)

  it("R155 reaches descendants first, then the session, then its ancestors; not siblings", function(expect)
    local function member(name, child, last)
      return {
        _start = function()
          KERNEL:sig("DIE", "died")
          if child then poe.spawn(child) end
          if last then poe.spawn(last) end
          KERNEL:delay("x", 0.02)
        end,
        x = nothing,
        died = function() expect.log(name) if name == "GP" then KERNEL:sig_handled() end end,
        boom = function() error "x" end,
        _child = nothing,
      }
    end
    local c = member("C", member "G")
    local start = c._start
    c._start = function() start() yield "boom" end
    poe.spawn(member("GP", member("P", c, member "sibling")))
    poe.spawn(member "unrelated")
    expect.run()
    expect.logged { "G", "C", "P", "GP" }
  end)

  it("R153 R156 one of them that handles it keeps them all running", function(expect)
    poe.spawn {
      _start = function()
        poe.spawn { _start = function()
          poe.spawn { _start = function() yield "boom" yield "alive" end, boom = function() error "x" end,
                      alive = function() expect.log "C" end }
          KERNEL:delay("alive", 0.001)
        end, alive = function() expect.log "P" end, _child = nothing }
        KERNEL:sig("DIE", "died")
        KERNEL:delay("alive", 0.002)
      end,
      died = function() KERNEL:sig_handled() end,
      alive = function() expect.log "GP" end, _child = nothing,
    }
    expect.run()
    expect.logged { "C", "P", "GP" }
  end)

  it("R157 unhandled stops every session, _stop handlers included, then run raises", function(expect)
    poe.spawn { _start = function() yield "boom" yield "after" end,
      boom = function() error("boom", 0) end, after = function() expect.log "A:after" end,
      _stop = function() expect.log "A:_stop" end }
    poe.spawn { _start = function() KERNEL:delay("x", 3600) end, x = nothing, _stop = function() expect.log "B:_stop" end }
    expect.run_raises "boom"
    expect.logged { "A:after", "A:_stop", "B:_stop" }
  end)

  it("R158 the order in which the family stops", function(expect)
    local function member(name, child)
      return {
        _start = function() if child then poe.spawn(child) end end,
        _child = function(reason) if reason == "lose" then expect.log(name .. ":lose") end end,
        _stop = function() expect.log(name .. ":_stop") end,
        boom = function() error("boom", 0) end,
        x = nothing,
      }
    end
    local c = member("C", member "GC")
    local start = c._start
    c._start = function() start() yield "boom" end
    poe.spawn(member("GP", member("P", c)))
    local u = member "U"
    u._start = function() KERNEL:delay("x", 3600) end
    poe.spawn(u)
    expect.run_raises "boom"
    expect.logged { "GC:_stop", "C:lose", "C:_stop", "P:lose", "P:_stop", "GP:lose", "GP:_stop", "U:_stop" }
  end)

  it("R161 after it run can be used again", function(expect)
    for i = 1, 3 do
      poe.spawn { _start = function() error("boom " .. i, 0) end }
      expect.run_raises("boom " .. i)
    end
    poe.spawn { _start = function() yield "x" end, x = expect.times(1) }
    expect.run()
  end)

  it("R163 an error in an unhandled DIE handler: run raises both texts", function(expect)
    poe.spawn { _start = function() KERNEL:sig("DIE", "died") yield "boom" end,
      boom = function() error("first", 0) end, died = function() error("second", 0) end }
    local ok, message = pcall(KERNEL.run, KERNEL)
    expect(ok, false)
    expect.match(message, "first.*second")
    poe.spawn { _start = function() KERNEL:sig("DIE", "died") yield "boom" end,
      boom = function() error("first", 0) end, died = function() KERNEL:sig_handled() error("second", 0) end }
    expect.run_raises "second"
  end)

  it("R166 of two errors in one slice, run raises the first", function(expect)
    poe.spawn { _start = function() yield "boom" end, boom = function() error("one", 0) end }
    poe.spawn { _start = function() yield "boom" end, boom = function() error("two", 0) end }
    expect.run_raises "one"
  end)

  it("R170 with run_one_timeslice the slice that dispatches DIE raises", function(expect)
    poe.spawn { _start = function() yield "boom" end, boom = function() error("boom", 0) end }
    local raised
    for _ = 1, 5 do
      local ok, message = pcall(KERNEL.run_one_timeslice, KERNEL)
      if not ok then raised = message break end
    end
    expect(raised, "boom")
    expect.run()
  end)

  it("the extra arguments of sig come behind the record", function(expect)
    poe.spawn {
      _start = function() KERNEL:sig("DIE", "died", "own", 2) yield "boom" end,
      boom = function() error("x", 0) end,
      died = expect.times(1, function(...)
        KERNEL:sig_handled()
        local all = table.pack(...)
        expect({ all.n, all[1], type(all[2]), all[3], all[4] }, { 4, "DIE", "table", "own", 2 })
      end),
    }
    expect.run()
  end)

  it("many errors in a row", function(expect)
    local n, heard = expect.heavy(5000), 0
    poe.spawn(survivor({
      _start = function() yield("boom", 1) end,
      boom = function(i) if i < n then yield("boom", i + 1) end error({ i }) end,
    }, function() heard = heard + 1 end))
    expect.run()
    expect(heard, n)
  end)
end)

describe("a program that fails", function()
  it("prints message and traceback and exits 1, as lua does", function(expect)
    local out, err, code = run_poe [[
poe.spawn {
  _start = function() yield "boom" end,
  boom = function()
    error "message"
  end,
  _stop = function() print "stopped" end,
}
]]
    expect(out, "stopped\n")
    expect.match(err, "^poe: script%.lua:4: message\nstack traceback:\n")
    expect.match(err, "script%.lua:4: in ")
    expect.match(err, "in session 2, event 'boom', from session 2 in '_start'")
    expect(code, 1)
  end)

  it("with an object that has __tostring prints that, with another its type", function(expect)
    local _, err, code = run_poe [[poe.spawn { _start = function() error(setmetatable({}, { __tostring = function() return "OBJECT" end })) end }]]
    expect.match(err, "^poe: OBJECT\n")
    expect(code, 1)
    _, err, code = run_poe [[poe.spawn { _start = function() error {} end }]]
    expect.match(err, "^poe: %(error object is a table value%)\n")
    expect(code, 1)
  end)

  it("can catch what KERNEL:run() raises", function(expect)
    local out, err, code = run_poe [[
poe.spawn { _start = function() error("boom", 0) end }
print(pcall(KERNEL.run, KERNEL))
poe.spawn { _start = function() print "again" end }
print(KERNEL:run())
]]
    expect(out, "false\tboom\nagain\ntrue\n")
    expect(err, "")
    expect(code, 0)
  end)

  it("in its main chunk stops the sessions it has made", function(expect)
    local out, err, code = run_poe [[
poe.spawn { _start = function() KERNEL:delay("x", 60) end, _stop = function() print "stopped" end }
error "main"
]]
    expect(out, "stopped\n")
    expect.match(err, "^poe: script%.lua:2: main\n")
    expect(code, 1)
  end)
end)

describe("coroutine.yield", function()
  it("in a handler outside any coroutine is an error that says so", function(expect)
    poe.spawn(survivor({
      _start = function() yield "x" end,
      x = function() coroutine.yield(1) expect.log "not reached" end,
    }, function(info) expect.log((info.error_str:gsub("^.-:%d+: ", ""))) end))
    expect.run()
    expect.logged { "attempt to yield from outside a coroutine" }
  end)

  it("can be caught there, and the handler goes on", function(expect)
    expect.within(function()
      local ok, message = pcall(coroutine.yield, 1, 2, 3)
      expect(ok, false)
      expect.match(message, "attempt to yield from outside a coroutine")
      expect(STATE, "_start")
    end)
  end)

  it("in a self-call, a called session and a metamethod is the same error", function(expect)
    local other = poe.spawn(survivor({ y = function() coroutine.yield() end }, function() expect.log "other died" end))
    poe.spawn {
      _start = function()
        local ok, message = pcall(call, SESSION, "y")
        expect(ok, false)
        expect.match(message, "attempt to yield from outside a coroutine")
        local _, text, code = call(other, "y")
        expect.match(text, "attempt to yield from outside a coroutine")
        expect(code, "DIE")
        local object = setmetatable({}, { __index = function() return coroutine.yield() end })
        expect(pcall(function() return object.x end), false)
        expect(pcall(string.gsub, "x", "x", coroutine.yield), false)
        expect(pcall(table.sort, { 1, 2, 3 }, coroutine.yield), false)
      end,
      y = function() coroutine.yield() end,
    }
    expect.run()
    expect.logged { "other died" }
  end)

  it("coroutine.running and isyieldable do not crash", function(expect)
    expect.within(function()
      expect(type(coroutine.running()), "thread")
      expect(type(coroutine.isyieldable()), "boolean")
    end)
  end)
end)

describe("coroutines of the script", function()
  it("work inside handlers and across events", function(expect)
    poe.spawn {
      _start = function()
        HEAP.co = coroutine.create(function(a)
          local b = coroutine.yield(a + 1)
          post(SESSION, "from_co", b)
          local c = coroutine.yield(call(SESSION, "double", b))
          return c, "done"
        end)
        expect({ coroutine.resume(HEAP.co, 1) }, { true, 2 })
        yield "second"
      end,
      second = function()
        expect({ coroutine.resume(HEAP.co, 10) }, { true, 20 })
        yield "third"
      end,
      third = function()
        expect({ coroutine.resume(HEAP.co, 5) }, { true, 5, "done" })
        expect(coroutine.status(HEAP.co), "dead")
      end,
      from_co = expect.times(1, function(b) expect(b, 10) end),
      double = function(x) return x * 2 end,
    }
    expect.run()
  end)

  it("may yield across a self-call", function(expect)
    poe.spawn {
      _start = function()
        local gen = coroutine.wrap(function() return call(SESSION, "generate") end)
        expect(gen(), 1)
        expect(STATE, "_start")
        expect(gen(), 2)
        expect(STATE, "_start")
        expect(gen(), "end")
        expect(STATE, "_start")
      end,
      generate = function() coroutine.yield(1) coroutine.yield(2) return "end" end,
    }
    expect.run()
  end)

  it("that are dropped in a self-call do no harm", function(expect)
    poe.spawn {
      _start = function()
        local gen = coroutine.wrap(function() return call(SESSION, "generate") end)
        expect(gen(), 1)
        gen = nil
        collectgarbage()
        collectgarbage()
        expect(STATE, "_start")
        yield "after"
      end,
      generate = function() coroutine.yield(1) end,
      after = expect.times(1, function() expect(STATE, "after") expect(SENDER, SESSION) end),
    }
    expect.run()
  end)

  it("that are closed in a self-call run its <close> variables", function(expect)
    poe.spawn {
      _start = function()
        local co = coroutine.create(function() return call(SESSION, "generate") end)
        coroutine.resume(co)
        expect(coroutine.close(co), true)
        expect(STATE, "_start")
      end,
      generate = function()
        local _ <close> = setmetatable({}, { __close = function() expect.log "closed" end })
        coroutine.yield(1)
      end,
    }
    expect.run()
    expect.logged { "closed" }
  end)

  it("may be yielded from a call of another session's handler only there", function(expect)
    local other = poe.spawn(survivor({ gen = function()
      local gen = coroutine.wrap(function() coroutine.yield "inner" end)
      return gen()
    end, bad = function() coroutine.yield "outer" end }, nothing))
    expect.within(function()
      local co = coroutine.wrap(function()
        expect(call(other, "gen"), "inner")
        return select(3, call(other, "bad"))
      end)
      expect(co(), "DIE")
    end)
  end)
end)
