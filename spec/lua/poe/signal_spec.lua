--- Section 6: signals.
local poe = require "poe"

local function nothing() end

--- A session that logs what it hears of `signal`, and its end.
local function listener(expect, name, signal, extra)
  local states = {
    _start = function()
      KERNEL:sig(signal, "heard")
      if extra then extra() end
    end,
    heard = function() expect.log(name .. ":" .. signal) end,
    _stop = function() expect.log(name .. ":_stop") end,
  }
  return states
end

describe("sig and signal", function()
  it("R119 the handler gets name, the signal's arguments, its own", function(expect)
    local s = poe.spawn {
      _start = function() expect(table.pack(KERNEL:sig("thing", "heard", "own", nil)), { true, n = 1 }) end,
      heard = expect.times(1, function(...)
        expect(table.pack(...), { "thing", 1, nil, "own", nil, n = 5 })
      end),
    }
    expect(table.pack(KERNEL:signal(s, "thing", 1, nil)), { true, n = 1 })
    expect.run()
  end)

  it("carry many arguments", function(expect)
    local list = {}
    for i = 1, 300 do list[i] = i end
    local s = poe.spawn {
      _start = function() KERNEL:sig("thing", "heard", table.unpack(list)) end,
      heard = expect.times(1, function(name, ...)
        expect(name, "thing")
        expect(select("#", ...), 600)
        expect({ (select(300, ...)), (select(600, ...)) }, { 300, 300 })
      end),
    }
    KERNEL:signal(s, "thing", table.unpack(list))
    expect.run()
  end)

  it("R132 a second sig replaces the first, sig(name) removes it", function(expect)
    local s = poe.spawn {
      _start = function()
        KERNEL:sig("a", "old", 1)
        KERNEL:sig("a", "new", 2)
        KERNEL:sig("b", "old")
        expect(KERNEL:sig "b", true)
        expect(KERNEL:sig("b", nil), true)
        expect(KERNEL:sig "never watched", true)
      end,
      old = expect.never(),
      new = expect.times(1, function(name, n) expect({ name, n }, { "a", 2 }) end),
    }
    KERNEL:signal(s, "a")
    KERNEL:signal(s, "b")
    expect.run()
  end)

  it("R116 is queued like a post", function(expect)
    poe.spawn {
      _start = function()
        KERNEL:sig("thing", "heard")
        yield "a"
        KERNEL:signal(SESSION, "thing")
        yield "b"
      end,
      a = function() expect.log "a" end, b = function() expect.log "b" end,
      heard = function() expect.log "heard" end,
    }
    expect.run()
    expect.logged { "a", "heard", "b" }
  end)

  it("R60 watching keeps no session", function(expect)
    poe.spawn { _start = function() KERNEL:sig("INT", "x") KERNEL:sig("thing", "x") KERNEL:sig("CHLD", "x") end }
    expect.run()
  end)

  it("R117 R118 reach the target and its descendants, children first, siblings as they were made", function(expect)
    local a
    local function tree(name, children)
      return {
        _start = function()
          KERNEL:sig("thing", "heard")
          for _, child in ipairs(children or {}) do
            local session = poe.spawn(child)
            if name == "R" then a = a or session end
          end
        end,
        heard = function() expect.log(name) end,
      }
    end
    poe.spawn(tree("P", { tree("R", { tree("A", { tree "A1", tree "A2" }), tree "B" }), tree "S" }))
    local r = KERNEL:ID_id_to_session(a:ID() - 1)
    KERNEL:signal(r, "thing")
    expect.run()
    expect.logged { "A1", "A2", "A", "B", "R" }
  end)

  it("R130 to KERNEL reach everybody", function(expect)
    for i = 1, 3 do
      poe.spawn { _start = function() KERNEL:sig("thing", "heard", i) end, heard = function(_, n) expect.log(n) end }
    end
    expect(KERNEL:signal(KERNEL, "thing"), true)
    expect.run()
    expect.logged { "1", "2", "3" }
  end)

  it("R133 a watcher of a missing state ends in _default", function(expect)
    local s = poe.spawn {
      _start = function() KERNEL:sig("thing", "missing", "own") end,
      _default = expect.times(1, function(event, args)
        if event == "missing" then expect(args, { "thing", 1, "own", n = 3 }) end
      end),
      _stop = nothing,
    }
    KERNEL:signal(s, "thing", 1)
    expect.run()
  end)

  it("R137 a watcher that has gone meanwhile hears nothing", function(expect)
    poe.spawn {
      _start = function()
        KERNEL:sig("thing", "heard")
        KERNEL:signal(SESSION, "thing")
        KERNEL:sig "thing"
      end,
      heard = expect.never(),
    }
    expect.run()
  end)

  it("a handler may watch again, change and remove its own watch", function(expect)
    local s = poe.spawn {
      _start = function() KERNEL:sig("thing", "first", "a") end,
      first = function(_, own) expect.log("first " .. own) KERNEL:sig("thing", "second", "b") end,
      second = function(_, own) expect.log("second " .. own) KERNEL:sig "thing" end,
    }
    for _ = 1, 3 do KERNEL:signal(s, "thing") end
    expect.run()
    expect.logged { "first a", "second b" }
  end)

  it("fail for what does not exist", function(expect)
    expect.fails("ESRCH", "no such session: nobody", KERNEL:signal("nobody", "thing"))
    local s = poe.spawn {}
    expect.run()
    expect.fails("ESRCH", "no such session: " .. tostring(s), KERNEL:signal(s, "thing"))
  end)

  it("raise wrong arguments, at the caller", function(expect)
    expect.raises("bad argument #1 to 'sig' (signal: string expected, got no value)", function() KERNEL:sig() end)
    expect.raises("bad argument #1 to 'sig' (signal: string expected, got number)", function() KERNEL:sig(2, "x") end)
    expect.raises("bad argument #1 to 'sig' (signal: 'IN' contains a zero byte)", function() KERNEL:sig("IN\0T", "x") end)
    expect.raises("bad argument #2 to 'sig' (event: string expected, got number)", function() KERNEL:sig("INT", 1) end)
    expect.raises("bad argument #2 to 'sig' (event: string expected, got function)", function() KERNEL:sig("INT", print) end)
    expect.raises("bad argument #2 to 'sig' (event: 'x' contains a zero byte)", function() KERNEL:sig("INT", "x\0") end)
    expect.raises("bad argument #1 to 'signal' (session, ID or alias expected, got no value)", function() KERNEL:signal() end)
    expect.raises("bad argument #2 to 'signal' (signal: string expected, got no value)", function() KERNEL:signal(KERNEL) end)
    expect.raises("bad argument #2 to 'signal' (signal: string expected, got number)", function() KERNEL:signal(KERNEL, 15) end)
    expect.raises("bad argument #2 to 'signal' (signal: 'a' contains a zero byte)", function() KERNEL:signal(KERNEL, "a\0") end)
    expect.raises("bad argument #2 to 'signal' (signal: string expected, got no value)", function() KERNEL:signal "nobody" end)
    for _, name in ipairs { "sig", "signal", "sig_child", "sig_handled" } do
      local fn = load(("return function(KERNEL) KERNEL.%s('a', 'b') end"):format(name))()
      expect.raises(("bad self of '%s' (KERNEL expected, got string; call it KERNEL:%s)"):format(name, name), fn, KERNEL)
    end
  end)

  it("signal_ui_destroy is not offered", function(expect)
    expect(KERNEL.signal_ui_destroy, nil)
  end)
end)

describe("classes of signals", function()
  it("R115 R123 terminal ones that nobody handles stop the session", function(expect)
    for _, name in ipairs { "QUIT", "INT", "KILL", "TERM", "HUP", "IDLE" } do
      local s = poe.spawn(listener(expect, "S", "other", function() KERNEL:delay("heard", 3600) end))
      KERNEL:signal(s, name)
      expect.run()
      expect.logged { "S:_stop" }
    end
  end)

  it("R115 benign ones stop nobody", function(expect)
    local s = poe.spawn { _start = function() yield "first" end,
      first = function()
        for _, name in ipairs { "USR1", "USR2", "PIPE", "CHLD", "CLD", "WINCH", "STOP", "ABRT", "ALRM", "ILL", "FPE",
                                "TRAP", "XCPU", "TSTP", "term", "SIGTERM", "anything", "" } do
          KERNEL:signal(SESSION, name)
        end
        yield "alive"
      end,
      alive = expect.times(1) }
    expect.yes(s)
    expect.run()
  end)

  it("R115 R124 ZOMBIE and UIDESTROY stop even when handled", function(expect)
    for _, name in ipairs { "ZOMBIE", "UIDESTROY" } do
      local states = listener(expect, "S", name, function() KERNEL:delay("x", 3600) end)
      states.heard = function() expect.log "heard" KERNEL:sig_handled() end
      KERNEL:signal(poe.spawn(states), name)
      expect.run()
      expect.logged { "heard", "S:_stop" }
    end
  end)

  it("R121 the order: all handlers, then the stops, children first", function(expect)
    local parent = listener(expect, "R", "TERM", nothing)
    parent._child = function(reason) expect.log("R:_child " .. reason) end
    local start = parent._start
    parent._start = function()
      start()
      poe.spawn(listener(expect, "A", "TERM"))
      poe.spawn(listener(expect, "B", "TERM"))
    end
    local r = poe.spawn(parent)
    expect.logged { "R:_child create", "R:_child create" }
    KERNEL:signal(r, "TERM")
    expect.run()
    expect.logged { "A:TERM", "B:TERM", "R:TERM", "A:_stop", "R:_child lose", "B:_stop", "R:_child lose", "R:_stop" }
  end)

  it("R122 one sig_handled rescues all that the signal reached", function(expect)
    local r = listener(expect, "R", "TERM", function()
      poe.spawn {
        _start = function() KERNEL:sig("TERM", "heard") yield "alive" end,
        heard = function() expect.log "C:TERM" expect(select("#", KERNEL:sig_handled()), 0) end,
        alive = nothing,
      }
    end)
    r.heard = function() expect.log "R:TERM" KERNEL:delay("alive", 0) end
    r.alive = function() expect.log "R:alive" end
    KERNEL:signal(poe.spawn(r), "TERM")
    expect.run()
    expect.logged { "C:TERM", "R:TERM", "R:alive", "R:_stop" }
  end)

  it("R131 sig_handled works from a nested call, and outside a signal does nothing", function(expect)
    KERNEL:sig_handled()
    local helper = poe.spawn { handled = function() KERNEL:sig_handled() end,
      _start = function() KERNEL:delay("x", 0.01) end, x = nothing }
    local s = poe.spawn {
      _start = function() KERNEL:sig("TERM", "heard") KERNEL:sig_handled() end,
      heard = function() call(helper, "handled") KERNEL:delay("alive", 0) end,
      alive = expect.times(1),
    }
    KERNEL:signal(s, "TERM")
    expect.run()
  end)

  it("R125 a child's end does not touch its parent", function(expect)
    local child
    poe.spawn {
      _start = function()
        KERNEL:sig("TERM", "wrong")
        child = poe.spawn(listener(expect, "C", "TERM"))
        KERNEL:delay("alive", 0.01)
      end,
      _child = function(reason) expect.log(reason) end,
      wrong = expect.never(), alive = expect.times(1),
    }
    KERNEL:signal(child, "TERM")
    expect.run()
    expect.logged { "create", "C:TERM", "C:_stop", "lose" }
  end)

  it("R83 R126 R129 what is queued behind a deadly signal is lost", function(expect)
    poe.spawn {
      _start = function() yield "a" end,
      a = function()
        expect.log "a"
        yield "b"
        KERNEL:signal(SESSION, "TERM")
        yield "c"
      end,
      b = function() expect.log "b" end, c = expect.never(),
      _stop = function() expect.log "stop" end,
    }
    expect.run()
    expect.logged { "a", "b", "stop" }
  end)

  it("R130 TERM to KERNEL ends the run, and it can run again", function(expect)
    for _ = 1, 3 do poe.spawn { _start = function() KERNEL:delay("x", 3600) end, _stop = function() expect.log "stop" end } end
    KERNEL:signal(KERNEL, "TERM")
    expect.run()
    expect.logged { "stop", "stop", "stop" }
    poe.spawn { _start = function() yield "x" end, x = expect.times(1) }
    expect.run()
  end)

  it("R167 a DIE of one's own making kills, and run returns normally", function(expect)
    poe.spawn { _start = function() KERNEL:signal(SESSION, "DIE") yield "x" end, x = expect.never() }
    expect.run()
  end)
end)

describe("real signals", function()
  --- From another process, a moment later: os.execute itself ignores INT.
  local function kill(name) os.execute(("(sleep 0.02; kill -%s %d) &"):format(name, poe.pid())) end

  it("R134 R135 come as events to all who watch", function(expect)
    local function states(name)
      return {
        _start = function() KERNEL:sig("USR2", "heard") KERNEL:delay("late", 5) end,
        heard = function(signal) expect.log(name, signal) KERNEL:delay "late" KERNEL:sig "USR2" end,
      }
    end
    poe.spawn(states "A")
    poe.spawn(states "B")
    kill "USR2"
    expect.run()
    expect.logged { "A USR2", "B USR2" }
  end)

  it("R136 INT that one handles stops nobody, that none handles stops all", function(expect)
    poe.spawn {
      _start = function() KERNEL:sig("INT", "heard") KERNEL:delay("late", 5) kill "INT" end,
      heard = expect.times(1, function() KERNEL:sig_handled() KERNEL:delay "late" KERNEL:delay("alive", 0) end),
      alive = expect.times(1),
    }
    expect.run()
    poe.spawn { _start = function() KERNEL:delay("late", 5) end, late = expect.never(), _stop = expect.times(1) }
    poe.spawn { _start = function() KERNEL:sig("INT", "heard") KERNEL:delay("late", 5) kill "INT" end,
                heard = expect.times(1), late = expect.never(), _stop = expect.times(1) }
    expect.run()
  end)

  it("R134 unwatched ones keep their default: TERM kills the process", function(expect)
    local _, _, code = run_poe [[
poe.spawn { _start = function() KERNEL:delay("x", 5) os.execute("kill -TERM " .. poe.pid()) end }
]]
    expect(code, 128 + 15)
  end)

  it("R139 a signal that lost its last watcher has its default again", function(expect)
    local out, _, code = run_poe [[
poe.spawn {
  _start = function() KERNEL:sig("USR1", "heard") os.execute("kill -USR1 " .. poe.pid()) KERNEL:delay("x", 5) end,
  heard = function() print "heard" io.stdout:flush() KERNEL:sig "USR1" KERNEL:delay("again", 0.05) end,
  again = function() os.execute("kill -USR1 " .. poe.pid()) end,
}
]]
    expect(out, "heard\n")
    expect(code, 128 + 10)
  end)

  it("KILL and STOP can be watched as names, though never caught", function(expect)
    expect.within(function()
      expect(KERNEL:sig("KILL", "x"), true)
      expect(KERNEL:sig("STOP", "x"), true)
    end)
  end)

  it("R139 a closed pipe is an error and not the end", function(expect)
    local out, _, code = run_poe [[
local pipe = io.popen("exec true", "w")
os.execute "sleep 0.1"
local ok = pipe:write(("x"):rep(100000)) and pipe:flush()
print(ok)
]]
    expect(out, "nil\n")
    expect(code, 0)
  end)
end)

describe("sig_child", function()
  --- Starts a shell command; its pid.
  local function start(command)
    local pipe <close> = assert(io.popen(("exec 3>&1; (%s) >/dev/null 2>&1 & echo $!"):format(command)))
    return tonumber(pipe:read "l")
  end

  it("raises wrong arguments, at the caller", function(expect)
    expect.raises("bad argument #1 to 'sig_child' (pid: integer expected, got no value)", function() KERNEL:sig_child() end)
    expect.raises("bad argument #1 to 'sig_child' (pid: integer expected, got string)", function() KERNEL:sig_child("x", "x") end)
    expect.raises("bad argument #1 to 'sig_child' (pid: integer expected, got 1.5)", function() KERNEL:sig_child(1.5, "x") end)
    for _, pid in ipairs { 0, -1, 1 << 40 } do
      expect.raises("bad argument #1 to 'sig_child' (pid: must be from 1 to 2147483647, got " .. pid .. ")",
        function() KERNEL:sig_child(pid, "x") end)
    end
    expect.raises("bad argument #2 to 'sig_child' (event: string expected, got number)", function() KERNEL:sig_child(9, 1) end)
    expect.raises("bad argument #2 to 'sig_child' (event: 'x' contains a zero byte)", function() KERNEL:sig_child(9, "x\0") end)
  end)

  it("unwatching what is not watched fails", function(expect)
    expect.within(function()
      expect.fails("ESRCH", "process 12345 is not watched", KERNEL:sig_child(12345))
    end)
  end)

  --- Starts a child of ours by io.popen; its pid and its pipe.
  local function child(command)
    local pipe = assert(io.popen("echo $$; " .. command))
    return pipe:read "n", pipe
  end

  it("R142 R143 keeps the session and tells pid, exit status, signal, own arguments", function(expect)
    for command, wanted in pairs { ["sleep 0.05; exit 3"] = { 3, 0 }, ["exit 0"] = { 0, 0 },
                                   ["sleep 0.05; kill -TERM $$; sleep 1"] = { 0, 15 } } do
      local pid, pipe = child(command)
      poe.spawn {
        _start = function() expect(KERNEL:sig_child(pid, "gone", "own", nil), true) end,
        gone = expect.times(1, function(...)
          expect(table.pack(...), { "CHLD", pid, wanted[1], wanted[2], "own", nil, n = 6 })
          expect({ SENDER, CALLER_STATE, STATE }, { KERNEL, nil, "gone" })
        end),
      }
      expect.run()
      pipe:close()
    end
  end)

  it("R147 of one that has ended already works", function(expect)
    local pid, pipe = child "exit 4"
    os.execute "sleep 0.1"
    poe.spawn { _start = function() KERNEL:sig_child(pid, "gone") end,
                gone = expect.times(1, function(_, _, status) expect(status, 4) end) }
    expect.run()
    pipe:close()
  end)

  it("R145 sig_child(pid) ends the watching, and the session", function(expect)
    local pid, pipe = child "sleep 0.3"
    poe.spawn { _start = function() KERNEL:sig_child(pid, "gone") expect(KERNEL:sig_child(pid), true) end,
                gone = expect.never() }
    expect.run()
    pipe:close()
  end)

  it("R146 R144 several may watch one, and CHLD beside them hears of it last", function(expect)
    local pid, pipe = child "sleep 0.05; exit 5"
    local function watcher(name, event)
      return {
        _start = function()
          KERNEL:sig_child(pid, "replaced")
          KERNEL:sig_child(pid, event, name)
        end,
        gone = function(_, _, status, _, who) expect.log(who, status) end,
        replaced = expect.never(),
      }
    end
    poe.spawn {
      _start = function() KERNEL:sig("CHLD", "any", "own") KERNEL:delay("late", 5) end,
      any = function(...) expect.log("any", select("#", ...), select(2, ...) == pid, select(3, ...)) KERNEL:delay "late" end,
    }
    poe.spawn(watcher("a", "gone"))
    poe.spawn(watcher("b", "gone"))
    expect.run()
    pipe:close()
    expect.logged { "a 5", "b 5", "any 5 true 5 0 own" }
  end)

  it("R157 sig_handled said while an unhandled DIE stops the family keeps the rest running", function(expect)
    for _, where in ipairs { "_stop", "_child", "nowhere" } do
      local function say(place) return function() if place == where then KERNEL:sig_handled() end end end
      poe.spawn {
        _start = function() poe.spawn { _start = function() error("bang", 0) end, _stop = say "_stop" } end,
        _child = function(reason) if reason == "lose" then say "_child" () end end,
      }
      local rest = poe.spawn { _start = function() KERNEL:delay("x", 0.01) end, x = function() expect.log(where, "x") end }
      local ok, message = pcall(KERNEL.run, KERNEL)
      expect({ ok, message }, where == "nowhere" and { false, "bang" } or { true, true })
      expect(KERNEL:ID_id_to_session(rest:ID()), nil)
    end
    expect.logged { "_stop x", "_child x" }
  end)

  it("R88 R94 a process watched in the handler of IDLE is work", function(expect)
    local pipe
    poe.spawn {
      _start = function() KERNEL:alias_set "x" KERNEL:sig("IDLE", "idle") KERNEL:sig("ZOMBIE", "zombie") end,
      idle = function()
        expect.log "idle"
        if pipe then return end
        local pid
        pid, pipe = child "sleep 0.05; exit 3"
        KERNEL:sig_child(pid, "gone")
        KERNEL:sig_handled()
      end,
      gone = function(_, _, status) expect.log("gone", status) end,
      zombie = expect.never(),
    }
    expect.run()
    pipe:close()
    expect.logged { "idle", "gone 3", "idle" }
  end)

  it("R94 R149 nor while a process that nobody watches waits to be collected", function(expect)
    local ended, pipe = child "exit 0"
    pipe:read "a"
    local running, other = child "exec sleep 3"
    poe.spawn { _start = function() expect(KERNEL:sig_child(1, "x"), true) end, x = expect.never() }
    expect.run()
    os.execute("kill " .. running)
    expect(select(3, pipe:close()), 0)
    expect(select(3, other:close()), 15)
    expect(ended ~= running, true)
  end)

  it("R94 a pid that is not our child keeps nobody for ever", function(expect)
    local pid = start "sleep 3"
    poe.spawn { _start = function() expect(KERNEL:sig_child(pid, "x"), true) end, x = nothing }
    expect.run()
  end)
end)
