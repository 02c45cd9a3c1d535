--- The watchdog: --stall-warn, --stall-kill and option stall.
local run_poe = run_poe

local PRELUDE = [[
local function spin() while true do end end
local function busy(seconds)
  local started = os.clock()
  while os.clock() - started < seconds do end
end
local function work(fn, inner)
  poe.spawn {
    _start = function() KERNEL:sig("DIE", "die") yield "work" end,
    work = fn,
    inner = inner,
    die = function(_, ex) print("DIE " .. (ex.error_str:match "stalled.*" or ex.error_str)) KERNEL:sig_handled() end,
  }
  poe.spawn { _start = function() KERNEL:delay("alive", 0.25) end, alive = function() print "alive" end }
end
]]
local KILLED = "DIE stalled: the handler of 'work' ran for longer than 0.15 s\nalive\n"

local function run(text, ...)
  return run_poe(PRELUDE .. text, { options = { ... } })
end

describe("a handler that never ends", function()
  local cases = {
    ["in a plain loop"] = "work(spin)",
    ["after a sleep"] = "work(function() poe.sleep(0.01) spin() end)",
    ["in nested coroutines"] =
      "work(function() coroutine.wrap(function() coroutine.resume(coroutine.create(spin)) spin() end)() end)",
    ["inside pcall, again and again"] = "work(function() while true do pcall(spin) end end)",
    ["inside xpcall with a handler that does not end"] = "work(function() while true do xpcall(spin, spin) end end)",
    ["in a tail call of pcall"] = "work(function() return pcall(spin) end)",
    ["in a C function that calls back"] = "work(function() pcall(table.sort, { 1, 2, 3 }, spin) spin() end)",
    ["in a metamethod"] = "work(function() return setmetatable({}, { __index = spin }).x end)",
    ["in with_timeout"] = "work(function() poe.with_timeout(1, spin) end)",
    ["in a <close> variable"] =
      "work(function() local x <close> = setmetatable({}, { __close = spin }) spin() end)",
    ["under a hook of the script's own"] = "work(function() debug.sethook(function() end, '', 1000) spin() end)",
  }
  for name, text in pairs(cases) do
    it("is told of and ended " .. name, function(expect)
      local out, err, status = run(text, "--stall-warn=0.05", "--stall-kill=0.15")
      expect(out, KILLED)
      expect.yes(err:find("poe: session 2: handler of 'work' has been running for %d%.%d s\nstack traceback:\n"))
      expect.yes(err:find "script%.lua:1: in ")
      expect(status, 0)
    end, 30)
  end

  --- What runs is not the handler of 'work' itself.
  local called = {
    ["in a handler that was called"] = { "work(function() call(SESSION, 'inner') end, spin)", "inner" },
    ["in one that was asked"] = { "work(function() poe.ask(SESSION, 'inner') end, spin)", "inner" },
    ["in a timer"] = { "work(function() KERNEL:delay('inner', 0) end, spin)", "inner" },
    ["in a signal's"] = { "work(function() KERNEL:sig('USR1', 'inner') KERNEL:signal(SESSION, 'USR1') end, spin)", "inner" },
    ["in a wheel's"] = { [[work(function()
      HEAP.run = poe.wheel.Run.new { program = "echo x", stdout_event = "inner" }
    end, spin)]], "inner" },
    ["after a program has run"] = { "work(function() poe.run 'true' spin() end)", "work" },
    ["in a filter"] = { [[work(function()
      local filter = poe.filter.Map.new { get = spin, put = spin }
      HEAP.run = poe.wheel.Run.new { program = "echo x", stdout_event = "inner", stdout_filter = filter }
    end, print)]], "[^']*" },
  }
  for name, case in pairs(called) do
    it("is told of and ended " .. name, function(expect)
      local out, err, status = run(case[1], "--stall-warn=0.05", "--stall-kill=0.15")
      expect.match(out, ("DIE stalled: the handler of '%s' ran for longer than 0.15 s\nalive\n"):format(case[2]))
      expect.match(err, "has been running for %d%.%d s\n")
      expect.match(err, "script%.lua:1: in ")
      expect(status, 0)
    end, 30)
  end

  it("is told of and ended when it never ends calling others", function(expect)
    local out, err, status = run([[
      poe.spawn {
        _start = function() KERNEL:alias_set "other" KERNEL:sig("DIE", "die") end,
        inner = function() busy(0.001) end,
        die = function() print "other's" KERNEL:sig_handled() end,
      }
      work(function() while true do pcall(call, "other", "inner") end end)
    ]], "--stall-warn=0.05", "--stall-kill=0.15")
    expect.match(out, "DIE stalled: the handler of 'work' ran for longer than 0.15 s\nalive\n$")
    expect.match(err, "handler of 'work' has been running for")
    expect(status, 0)
  end, 30)

  it("is told of and ended in what it calls, and lives on", function(expect)
    local out, err, status = run([[
      poe.spawn {
        _start = function() KERNEL:alias_set "other" KERNEL:sig("DIE", "die") end,
        inner = spin,
        die = function() print "other's" KERNEL:sig_handled() end,
      }
      work(function() print(pcall(call, "other", "inner")) end)
    ]], "--stall-warn=0.05", "--stall-kill=0.15")
    expect(out, "true\tnil\tstalled: the handler of 'inner' ran for longer than 0.15 s\tDIE\nother's\nalive\n")
    expect.match(err, "session 3: handler of 'work' has been running for %d%.%d s\n"
      .. "now in session 2 %(other%): handler of 'inner'\nstack")
    expect(status, 0)
  end, 30)

  it("is interrupted by a user who does not wait for that", function(expect)
    local out = run([[
      work(function() os.execute "(sleep 0.3; kill -INT $PPID) &" spin() end)
    ]], "--stall-warn=0.1", "--stall-kill=5")
    expect.match(out, "DIE .*interrupted!\nalive\n")
  end, 30)

  it("is ended as often as it comes back", function(expect)
    local out, _, status = run([[
      poe.spawn {
        _start = function() KERNEL:sig("DIE", "die") yield("work", 1) end,
        work = function(n) if n < 4 then yield("work", n + 1) pcall(table.sort, { 1, 2, 3 }, spin) spin() end end,
        die = function() print "DIE" KERNEL:sig_handled() end,
      }
    ]], "--stall-kill=0.1")
    expect(out, "DIE\nDIE\nDIE\n")
    expect(status, 0)
  end, 30)

  it("is ended in _start, _stop and the main chunk", function(expect)
    local out, err, status = run([[
      poe.spawn { _start = function() spin() end }
    ]], "--stall-warn=0", "--stall-kill=0.2")
    expect(out, "")
    expect.yes(err:find "stalled: the handler of '_start' ran for longer than 0.2 s")
    expect(status, 1)
    out, err, status = run("poe.spawn { _start = function() end, _stop = spin }", "--stall-kill=0.2")
    expect.yes(err:find "stalled: the handler of '_stop' ran for longer than 0.2 s")
    expect(status, 1)
    expect(out, "")
    out, err, status = run("while true do pcall(spin) end", "--stall-kill=0.2")
    expect.yes(err:find "stalled: the chunk ran for longer than 0.2 s")
    expect(status, 1)
    expect(out, "")
  end, 30)
end)

describe("what cannot be interrupted", function()
  it("is told of in a C function", function(expect)
    local _, err = run("work(function() os.execute 'sleep 0.6' end)", "--stall-warn=0.1")
    expect.yes(err:find "poe: session 2: the handler of 'work' has been in a C function, or a __gc, for 0%.%d s\n")
  end, 30)

  it("is told of in a string pattern", function(expect)
    local _, err = run([[work(function()
      local s, started = string.rep("a", 230), os.clock()
      repeat s:find ".-.-.-b" until os.clock() - started > 0.5
    end)]], "--stall-warn=0.1")
    expect.yes(err:find "session 2: [^\n]*handler of 'work' has been")
  end, 30)

  it("is told of in a __gc", function(expect)
    local _, err = run([[work(function()
      setmetatable({}, { __gc = function() busy(0.6) end })
      collectgarbage()
    end)]], "--stall-warn=0.1")
    expect.yes(err:find "poe: session 2: the handler of 'work' has been in a C function, or a __gc, for 0%.%d s\n")
  end, 30)
end)

describe("the watchdog", function()
  it("says nothing of programs that wait, or have many short handlers", function(expect)
    local out, err = run([[
      local started, n = poe.hrtime(), 0
      poe.spawn {
        _start = function() yield "tick" end,
        tick = function()
          n = n + 1
          if poe.hrtime() - started < 0.7e9 then yield "tick" else KERNEL:delay("last", 0.5) end
        end,
        last = function() poe.sleep(0.4) print "ok" end,
      }
      KERNEL:run()
    ]], "--stall-warn=0.3")
    expect(out, "ok\n")
    expect(err, "")
  end, 30)

  it("gives a session the limit it asks for", function(expect)
    local text = "work(function() SESSION:option { stall = %s } poe.sleep(0.01) busy(0.5) print 'done' end)"
    for _, off in ipairs { "false", "0", "5" } do
      local out, err = run(text:format(off), "--stall-warn=0.1", "--stall-kill=0.2")
      expect(out, "done\nalive\n")
      expect(err, "")
    end
    local out, err = run(text:format "0.1", "--stall-kill=0")
    expect(out, "done\nalive\n")
    expect.yes(err:find "handler of 'work' has been running")
  end, 30)

  it("gives it to one that is made with it, and not to who has its place when it is gone", function(expect)
    local out, err = run([[
      local states = {
        _start = function(alias) if alias then KERNEL:alias_set(alias) end KERNEL:sig("DIE", "die") end,
        work = function() busy(0.5) print "done" end,
        die = function(_, ex) print(ex.error_str:match "stalled[^:]*") KERNEL:sig_handled() end,
      }
      local function made(options, ...)
        return poe.Session.create { inline_states = states, options = options, args = { ... } }
      end
      made({}, "keeper")
      poe.spawn { _start = function() yield "one" end,
        one = function()
          post(made { stall = false }, "work")
          KERNEL:alias_set "parent"
          for i = 1, 100 do made({ stall = 1000 + i }, "place" .. i) end
        end,
        _child = function(reason) if reason == "lose" then yield "two" end end,
        two = function()
          if HEAP.two then return end
          HEAP.two = true
          KERNEL:alias_remove "parent"
          post(made(), "work")
          post("place1", "work")
        end,
      }
    ]], "--stall-kill=0.2")
    expect(out, "done\ndone\nstalled\n")
    expect(err, "")
  end, 30)

  it("has its thread from the first handler on", function(expect)
    local count = [[
      local function threads()
        local _, n = io.popen("ls /proc/" .. poe.pid() .. "/task"):read "a":gsub("%d+", "")
        return n
      end
    ]]
    local cases = {
      ["print(threads())"] = 1,
      ["poe.spawn { _start = function() print(threads()) end }"] = 2,
      ["poe.sleep(0) print(threads())"] = 2,
      ["KERNEL:option { stall = 0.5 } print(threads())"] = 2,
    }
    for text, n in pairs(cases) do
      expect(run_poe(count .. text), n .. "\n")
    end
    expect(run_poe(count .. "print(threads())", { options = { "--stall-warn=1" } }), "2\n")
    expect(run_poe(count .. "poe.spawn { _start = function() print(threads()) end }", { options = { "--stall-warn=0" } }), "1\n")
  end)

  it("refuses a limit that is none", function(expect)
    expect.raises("option: stall must be seconds or false, got soon", function() KERNEL:option { stall = "soon" } end)
    local _, err, status = run("", "--stall-warn=x")
    expect.yes(err:find("unrecognized option '--stall-warn=x'", 1, true))
    expect(status, 1)
  end)

  it("leaves the script's own hook where it was", function(expect)
    local out = run([[
      work(function()
        local mine = function() end
        debug.sethook(mine, "", 5000)
        busy(0.4)
        local hook, _, count = debug.gethook()
        print(hook == mine, count)
      end)
    ]], "--stall-warn=0.1")
    expect(out, "true\t5000\nalive\n")
  end, 30)
end)
