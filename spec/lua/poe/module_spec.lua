--- Section 1: the module, the globals, the dynamic names.
local poe = require "poe"

describe("the module", function()
  it("is what require returns, and the program's global poe", function(expect)
    expect(require "poe", _G.poe)
    expect(package.loaded.poe, poe)
  end)

  it("has what the program has as globals", function(expect)
    expect(poe.KERNEL, KERNEL)
    expect(poe.post, post)
    expect(poe.yield, yield)
    expect(poe.call, call)
    expect(poe.SESSION, KERNEL)
    expect.within(function()
      HEAP.x = 1
      expect(poe.SESSION, SESSION)
      expect(poe.HEAP, HEAP)
      expect(poe.SENDER, SENDER)
      expect(poe.STATE, "_start")
      expect(poe.EVENT, "_start")
    end)
  end)

  it("leaves unknown names nil", function(expect)
    expect(poe.no_such_thing, nil)
    expect(_G.NO_SUCH_NAME, nil)
    expect(_G.C, nil)
    expect(_G.SESSIONS, nil)
  end)

  it("sets no global by itself in stock Lua's sense: a fresh _G gets them with globals()", function(expect)
    local env = setmetatable({}, { __index = { print = print } })
    expect(env.KERNEL, nil)
    expect(poe.globals(env), env)
    expect(env.KERNEL, KERNEL)
    expect(env.poe, poe)
    expect(env.post, post)
    expect(env.yield, yield)
    expect(env.call, call)
    expect(env.print, print)
    expect(env.SESSION, KERNEL)
    expect.within(function()
      expect(env.SESSION, SESSION)
      expect(env.STATE, "_start")
    end)
  end)

  it("globals() may be asked for twice", function(expect)
    local env = {}
    poe.globals(env)
    local mt = getmetatable(env)
    poe.globals(env)
    expect(getmetatable(env), mt)
    expect(env.SESSION, KERNEL)
  end)

  it("globals() keeps an environment's own __index and __newindex", function(expect)
    local stored = {}
    local env = setmetatable({}, {
      __index = function(_, key) return "computed " .. key end,
      __newindex = function(_, key, value) stored[key] = value end,
    })
    poe.globals(env)
    expect(env.anything, "computed anything")
    expect(env.SESSION, KERNEL)
    env.thing = 7
    expect(stored.thing, 7)
    expect(rawget(env, "thing"), nil)
  end)

  it("globals() wants a table", function(expect)
    expect.raises("bad argument #1 to 'globals' (table expected, got number)", function() poe.globals(1) end)
    expect.raises("bad argument #1 to 'globals' (table expected, got string)", function() poe.globals "x" end)
  end)

  it("tells times: time(), hrtime(), cputime(), pid()", function(expect)
    expect(math.type(poe.time()), "float")
    expect.yes(math.abs(poe.time() - os.time()) < 2)
    expect(math.type(poe.hrtime()), "integer")
    local a = poe.hrtime()
    expect.yes(poe.hrtime() >= a)
    expect(math.type(poe.cputime()), "float")
    expect.yes(poe.cputime() >= 0)
    expect(math.type(poe.pid()), "integer")
  end)

  it("time() tells whole microseconds", function(expect)
    for _ = 1, 20 do
      local us = poe.time() * 1e6
      expect.yes(math.abs(us - math.floor(us + 0.5)) < 0.26)
    end
  end)
end)

describe("the dynamic names", function()
  it("outside any handler are the kernel and nothing", function(expect)
    expect(SESSION, KERNEL)
    expect(SESSION:ID(), 1)
    expect(SENDER, nil)
    expect(STATE, nil)
    expect(EVENT, nil)
    expect(CALLER_STATE, nil)
    expect(CALLER_FILE, nil)
    expect(CALLER_LINE, nil)
    expect(RUNSTATE, nil)
    expect(MACHINE, nil)
    expect(KERNEL:get_active_session(), KERNEL)
    expect(KERNEL:get_active_event(), nil)
  end)

  local function names()
    return { session = SESSION, sender = SENDER, state = STATE, event = EVENT, caller = CALLER_STATE,
             active = KERNEL:get_active_event(), active_session = KERNEL:get_active_session() }
  end
  local function wanted(session, sender, state, caller)
    return { session = session, sender = sender, state = state, event = state, caller = caller,
             active = state, active_session = session }
  end

  it("R56 in _start: SENDER is the creator, no CALLER_STATE", function(expect)
    local outer
    local session = poe.spawn {
      _start = function()
        expect(names(), wanted(SESSION, KERNEL, "_start"))
        outer = SESSION
        poe.spawn { _start = function() expect(names(), wanted(SESSION, outer, "_start")) end }
        expect(names(), wanted(outer, KERNEL, "_start"))
      end,
    }
    expect(session, outer)
    expect.run()
  end)

  it("R56 in a yielded and a posted event: who posted, and in which event", function(expect)
    local a, b
    a = poe.spawn {
      _start = function() yield "first" end,
      first = function()
        expect(names(), wanted(a, a, "first", "_start"))
        post(b, "second")
      end,
      third = function() expect(names(), wanted(a, b, "third", "second")) end,
    }
    b = poe.spawn {
      second = function()
        expect(names(), wanted(b, a, "second", "first"))
        post(SENDER, "third")
      end,
    }
    post(b, "outside")
    expect.run()
  end)

  it("R56 posted from outside: SENDER is KERNEL, no CALLER_STATE", function(expect)
    local s = poe.spawn { go = expect.times(1, function() expect(names(), wanted(SESSION, KERNEL, "go")) end) }
    post(s, "go")
    expect.run()
  end)

  it("R56 R114 in a timer: who set it, and in which event", function(expect)
    local s
    s = poe.spawn {
      _start = function() yield "set" end,
      set = function()
        KERNEL:delay("a", 0)
        KERNEL:alarm("b", poe.time())
        KERNEL:delay_set("c", 0.001)
        KERNEL:alarm_set("d", 1)
        KERNEL:delay_add("e", 0)
      end,
      _stop = function() end,
      _default = expect.times(5, function(event)
        expect({ SENDER, CALLER_STATE, STATE }, { s, "set", "_default" })
        expect.yes(event:match "^[a-e]$")
      end),
    }
    expect.run()
  end)

  it("R56 in a self-call: SENDER is SESSION, CALLER_STATE the caller's event", function(expect)
    local s
    s = poe.spawn {
      _start = function()
        call(s or SESSION, "inner", 1)
        expect(names(), wanted(SESSION, KERNEL, "_start"))
      end,
      inner = function(n)
        if n == 1 then
          expect(names(), wanted(SESSION, SESSION, "inner", "_start"))
          call(SESSION, "inner", 2)
          expect(names(), wanted(SESSION, SESSION, "inner", "_start"))
        else
          expect(names(), wanted(SESSION, SESSION, "inner", "inner"))
        end
      end,
    }
    expect.run()
  end)

  it("R56 in a call from another session, and after it", function(expect)
    local a, b
    b = poe.spawn { sync = function()
      expect(names(), wanted(b, a, "sync", "go"))
      call(a, "back")
      expect(names(), wanted(b, a, "sync", "go"))
    end }
    a = poe.spawn {
      go = function()
        expect(names(), wanted(a, KERNEL, "go"))
        call(b, "sync")
        expect(names(), wanted(a, KERNEL, "go"))
      end,
      back = function() expect(names(), wanted(a, b, "back", "sync")) end,
    }
    post(a, "go")
    expect.run()
  end)

  it("R56 R54 in a call from outside: SENDER is KERNEL, no CALLER_STATE", function(expect)
    local s = poe.spawn { x = expect.times(1, function() expect(names(), wanted(SESSION, KERNEL, "x")) end) }
    call(s, "x")
    expect(names(), wanted(KERNEL))
    expect.run()
  end)

  it("R56 in a signal sent by signal(): SENDER is KERNEL, CALLER_STATE the sender's event", function(expect)
    poe.spawn {
      _start = function()
        KERNEL:sig("thing", "heard")
        KERNEL:signal(SESSION, "thing")
      end,
      heard = expect.times(1, function() expect(names(), wanted(SESSION, KERNEL, "heard", "_start")) end),
    }
    expect.run()
  end)

  it("R56 in DIE and IDLE: SENDER is KERNEL, no CALLER_STATE", function(expect)
    poe.spawn {
      _start = function()
        KERNEL:sig("DIE", "died")
        KERNEL:sig("IDLE", "idle")
        KERNEL:alias_set "stay"
        yield "boom"
      end,
      boom = function() error "boom" end,
      died = expect.times(1, function()
        expect(names(), wanted(SESSION, KERNEL, "died"))
        KERNEL:sig_handled()
      end),
      idle = expect.times(1, function() expect(names(), wanted(SESSION, KERNEL, "idle")) end),
    }
    expect.run()
  end)

  it("R56 in a real signal: SENDER is KERNEL, no CALLER_STATE", function(expect)
    poe.spawn {
      _start = function()
        KERNEL:sig("USR1", "heard")
        KERNEL:delay("late", 5)
        os.execute("kill -USR1 " .. poe.pid())
      end,
      heard = expect.times(1, function(name)
        expect(name, "USR1")
        expect(names(), wanted(SESSION, KERNEL, "heard"))
        KERNEL:delay "late"
        KERNEL:sig "USR1"
      end),
    }
    expect.run()
  end)

  it("R56 in _child and _parent: SENDER is KERNEL, no CALLER_STATE", function(expect)
    local parent, child
    parent = poe.spawn {
      _start = function() yield "go" end,
      go = function()
        child = poe.spawn {
          _start = function() yield "stay" end,
          _parent = expect.times(1, function() expect(names(), wanted(child, KERNEL, "_parent")) end),
        }
        KERNEL:detach_child(child)
      end,
      _child = expect.times(2, function() expect(names(), wanted(parent, KERNEL, "_child")) end),
    }
    expect.run()
  end)

  it("R56 in _stop: SENDER is KERNEL in a sweep, the caller after stop()", function(expect)
    poe.spawn { _stop = expect.times(1, function() expect(names(), wanted(SESSION, KERNEL, "_stop")) end) }
    expect.run()
    local stopper
    poe.spawn {
      _start = function() yield "stay" end,
      _stop = expect.times(1, function() expect(names(), wanted(SESSION, stopper, "_stop")) end),
    }
    stopper = poe.spawn { go = function() KERNEL:stop() end }
    call(stopper, "go")
    expect.run()
  end)

  it("R56 R220 in a postback: who called it, and in which event", function(expect)
    local back, a, b
    a = poe.spawn {
      _start = function() back = SESSION:postback("event") end,
      event = expect.times(2, function(_, from)
        if from[1] == "outside" then
          expect(names(), wanted(a, KERNEL, "event"))
        else
          expect(names(), wanted(a, b, "event", "_start"))
        end
      end),
    }
    back "outside"
    b = poe.spawn { _start = function() back "b" back:release() end }
    expect.run()
  end)

  it("R56 in a callback into the own session: as a self-call", function(expect)
    poe.spawn {
      _start = function()
        local back <close> = SESSION:callback("event")
        back()
        expect(STATE, "_start")
      end,
      event = expect.times(1, function() expect(names(), wanted(SESSION, SESSION, "event", "_start")) end),
    }
    expect.run()
  end)

  it("R209 STATE is _default in _default, also in a self-call, and right again afterwards", function(expect)
    poe.spawn {
      _start = function()
        call(SESSION, "unknown", 1)
        expect(names(), wanted(SESSION, KERNEL, "_start"))
        yield "queued"
      end,
      _default = expect.times(2, function(event)
        expect(STATE, "_default")
        expect(EVENT, "_default")
        expect(KERNEL:get_active_event(), "_default")
        if event == "unknown" then
          expect(SENDER, SESSION)
          expect(CALLER_STATE, "_start")
        elseif event == "queued" then
          call(SESSION, "deep")
          expect(STATE, "_default")
        end
      end),
      deep = function() expect(CALLER_STATE, "queued") expect(STATE, "deep") end,
      _stop = function() end,
    }
    expect.run()
  end)

  it("are right again when a nested call has raised", function(expect)
    local other = poe.spawn {
      boom = function() error "boom" end,
      _start = function() KERNEL:sig("DIE", "died") end,
      died = function() KERNEL:sig_handled() end,
    }
    expect.within(function()
      local me = SESSION
      call(other, "boom")
      expect(SESSION, me)
      expect(STATE, "_start")
      expect(pcall(call, SESSION, "none"), true)
    end)
  end)

  it("are right again when a self-call has raised", function(expect)
    poe.spawn {
      _start = function()
        expect(pcall(call, SESSION, "boom"), false)
        expect(STATE, "_start")
        expect(CALLER_STATE, nil)
        expect(SENDER, KERNEL)
      end,
      boom = function() error "boom" end,
    }
    expect.run()
  end)

  it("are the handler's inside a coroutine of the script", function(expect)
    poe.spawn {
      _start = function()
        HEAP.co = coroutine.wrap(function()
          local first = STATE
          coroutine.yield(first)
          return STATE
        end)
        expect(HEAP.co(), "_start")
        yield "next"
      end,
      next = function() expect(HEAP.co(), "next") end,
    }
    expect.run()
  end)

  it("are right however often they are asked for, and whatever comes between", function(expect)
    local wrong, seen, sessions = {}, 0, {}
    local function check(me, heap, sender, where)
      seen = seen + 1
      if SESSION ~= me or HEAP ~= heap or SENDER ~= sender then
        wrong[#wrong + 1] = where .. ": " .. table.concat({ tostring(SESSION), tostring(HEAP), tostring(SENDER) }, " ")
      end
    end
    local function other(n) return sessions[n % #sessions + 1] end
    local between = {
      function() end,
      function(me) call(me, "own", me) end,
      function(me, n) call(other(n), "own", me) end,
      function() poe.sleep(0) end,
      function(me) poe.ask(me, "own", me) end,
      function(me, n) poe.with_timeout(1, function() poe.ask(other(n), "own", me) end) end,
      function(me) poe.spawn { _start = function() check(SESSION, HEAP, me, "child") end } end,
      function(me) coroutine.wrap(function() check(me, me:get_heap(), SENDER, "coroutine") end)() end,
      function() KERNEL:run_one_timeslice() end,
      function(_, n) pcall(call, other(n), "fails") end,
      function(me) KERNEL:signal(me, "PING") end,
      function() collectgarbage() end,
      function(me, n) post(me, "fails", me) post(other(n), "own", me) end,
    }
    local function states(alone)
      return {
        _start = function() KERNEL:sig("DIE", "died") KERNEL:sig("PING", "ping") KERNEL:refcount_increment(SESSION:ID(), "t") end,
        died = function() KERNEL:sig_handled() end,
        ping = function() check(SESSION, SESSION:get_heap(), KERNEL, "signal") end,
        own = function(sender) check(SESSION, SESSION:get_heap(), sender, "own") end,
        fails = function() check(SESSION, SESSION:get_heap(), SENDER, "fails") error "on purpose" end,
        go = function(n, from)
          local me, heap = SESSION, SESSION:get_heap()
          check(me, heap, from, "go")
          if alone ~= "quiet" then
            between[n % #between + 1](me, n // 3)
            check(me, heap, from, "go, after way " .. n % #between + 1)
          end
          if n > 0 then
            post(alone and me or other(n), "go", n - 1, me)
          else
            KERNEL:stop()
            expect(SESSION, KERNEL)
          end
        end,
      }
    end
    for _, alone in ipairs { false, true, "quiet" } do
      sessions = {}
      for i = 1, 3 do sessions[i] = poe.Session.create { inline_states = states(alone), heap = i > 1 and { i } or nil } end
      post(sessions[1], "go", 400, KERNEL)
      KERNEL:run()
      expect(SESSION, KERNEL)
      expect(SENDER, nil)
    end
    expect(wrong, {})
    expect(seen > 2000, true)
  end)

  it("cannot be assigned", function(expect)
    for _, name in ipairs { "SESSION", "HEAP", "SENDER", "STATE", "EVENT", "CALLER_STATE",
                            "CALLER_FILE", "CALLER_LINE", "RUNSTATE", "MACHINE" } do
      expect.raises(name .. " belongs to poe and cannot be assigned", function() _G[name] = 1 end)
      rawset(_G, name, nil)
    end
    expect(SESSION, KERNEL)
  end)

  it("may be hidden by locals and parameters", function(expect)
    poe.spawn { _start = function(SESSION) expect(SESSION, nil) end }
    expect.run()
  end)

  it("let other globals be set and read", function(expect)
    _G.some_new_global = 5
    expect(_G.some_new_global, 5)
    _G.some_new_global = nil
    expect(rawget(_G, "some_new_global"), nil)
  end)
end)

describe("HEAP", function()
  it("is a fresh table by default, the session's own", function(expect)
    local a = poe.spawn { _start = function() HEAP.x = 1 end }
    local b = poe.spawn { _start = function() expect(HEAP.x, nil) end }
    expect(a:get_heap(), { x = 1 })
    expect(type(b:get_heap()), "table")
    expect(a:get_heap() ~= b:get_heap(), true)
    expect(a:get_heap(), a:get_heap())
    expect.run()
  end)

  it("R13 is the very value given as heap", function(expect)
    for _, value in ipairs { {}, "text", 42, 0.5, true, false, print } do
      local s = poe.Session.create {
        heap = value,
        inline_states = { _start = function() expect(rawequal(HEAP, value), true) end },
      }
      expect(rawequal(s:get_heap(), value), true)
    end
    expect.run()
  end)

  it("is the callee's in a call, and the caller's again after it", function(expect)
    local other = poe.Session.create { heap = "other", inline_states = { x = function() return HEAP end } }
    poe.Session.create {
      heap = "mine",
      inline_states = { _start = function()
        expect(call(other, "x"), "other")
        expect(HEAP, "mine")
      end },
    }
    expect.run()
  end)

  it("R41 is still that of a session that has stopped", function(expect)
    local s = poe.spawn { _start = function() HEAP.mine = 1 end }
    expect.run()
    expect(s:get_heap(), { mine = 1 })
  end)

  it("outside any handler is the kernel's, a table that stays", function(expect)
    expect(type(HEAP), "table")
    expect(HEAP, HEAP)
  end)
end)

describe("CALLER_FILE and CALLER_LINE", function()
  it("are nil while no debug option is on", function(expect)
    poe.spawn {
      _start = function() yield "x" end,
      x = expect.times(1, function() expect(CALLER_FILE, nil) expect(CALLER_LINE, nil) end),
    }
    expect.run()
  end)

  it("R57 tell where it was posted while KERNEL:option{debug=true} is on", function(expect)
    local here = debug.getinfo(1, "Sl")
    KERNEL:option { debug = true }
    poe.spawn {
      _start = function()
        yield "x"                              -- 5 lines below `here`
        KERNEL:delay_set("y", 0)
        call(SESSION, "z", debug.getinfo(1, "l").currentline)
      end,
      x = expect.times(1, function()
        expect(CALLER_LINE, here.currentline + 4)
        expect.yes(CALLER_FILE and CALLER_FILE:find "module_spec%.lua")
      end),
      y = expect.times(1, function() expect(CALLER_LINE, here.currentline + 5) end),
      z = expect.times(1, function(line) expect(CALLER_LINE, line) end),
    }
    expect.run()
    KERNEL:option { debug = false }
  end)

  it("are recorded under poe --debug", function(expect)
    local out, err, code = run_poe([[
poe.spawn {
  _start = function() yield "x" end,
  x = function() print(CALLER_FILE, CALLER_LINE) end,
}
]], { options = { "--debug" } })
    expect(out, "script.lua\t2\n")
    expect(code, 0)
  end)
end)

describe("require", function()
  it("gives parts of the module that nobody has named yet, and the same ones later", function(expect)
    local out, err = run_poe [[
      for _, name in ipairs { "wheel.ReadWrite", "component.server.TCP", "filter.Line", "look", "wheel", "editor" } do
        local part, found = require("poe." .. name), poe
        for key in name:gmatch "[^.]+" do found = found[key] end
        print(name, part == found, part == require("poe." .. name))
      end ]]
    expect(err, "")
    expect(out, "wheel.ReadWrite\ttrue\ttrue\ncomponent.server.TCP\ttrue\ttrue\nfilter.Line\ttrue\ttrue\n"
      .. "look\ttrue\ttrue\nwheel\ttrue\ttrue\neditor\ttrue\ttrue\n")
  end)
end)
