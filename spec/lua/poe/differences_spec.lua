--- Section 9: where we differ from POE on purpose.  Each test is named after its row.
local poe = require "poe"

local function nothing() end

describe("section 9", function()
  it("no `_start`: it starts as if `_start` were empty (R10)", function(expect)
    poe.spawn {
      _start = function()
        local child = poe.spawn { x = expect.times(1), _stop = expect.times(1) }
        expect(type(child), "userdata")
        expect(post(child, "x"), true)
      end,
      _child = function(reason, _, result) expect.log(reason, result) end,
    }
    expect.run()
    expect.logged { "create nil", "lose nil" }
  end)

  it("an unknown event is dropped, and reported once per session table and event (R38)", function(expect)
    local script = [[
local shared = { _start = function() yield "x" yield "x" end }
poe.spawn(shared) poe.spawn(shared)
KERNEL:run()
print "end"
]]
    local out, err, code = run_poe(script)
    expect(out, "end\n")
    expect(err, "Lua warning: session 2 has no handler for event 'x' (from session 2 in '_start')\n")
    expect(code, 0)
    out, err = run_poe('warn "@off" ' .. script)
    expect({ out, err }, { "end\n", "" })
    out, err = run_poe('warn "@off" ' .. script:gsub('yield "x" yield',
      'SESSION:option { default = true } yield "x" yield'))
    expect(out, "end\n")
    expect(select(2, err:gsub("\n", "")), 4)
  end)

  it("error numbers: libuv's names", function(expect)
    expect.within(function()
      expect(select(3, post("nobody", "x")), "ESRCH")
      expect(select(3, KERNEL:alarm_remove(1)), "ESRCH")
      expect(select(3, KERNEL:detach_child(SESSION)), "EPERM")
      expect(select(3, KERNEL:alias_remove "x"), "ESRCH")
    end)
    local s = poe.Session.create { queue_limit = 1, inline_states = { x = nothing } }
    post(s, "x")
    expect(select(3, post(s, "x")), "ENOBUFS")
    expect.run()
  end)

  it("raw wait status: exit status and signal", function(expect)
    -- a child of ours without Wheel::Run: what io.popen starts, told by its own pid
    local out, err = run_poe [[
local function watch(command)
  local pipe = io.popen("echo $$; read line; " .. command, "r")
  local pid = tonumber(pipe:read "l")
  poe.spawn {
    _start = function() KERNEL:sig_child(pid, "gone", "own") HEAP.pipe = pipe end,
    gone = function(...) print(select("#", ...), (...), select(2, ...) == pid, select(3, ...)) end,
  }
  KERNEL:run()
end
watch "exit 7"
watch "kill -TERM $$"
]]
    expect(out, "5\tCHLD\ttrue\t7\t0\town\n5\tCHLD\ttrue\t0\t15\town\n")
    expect(err, "")
  end)

  it("`yield`, `post`, `alarm_set`…: true or the value, or nil, message, code", function(expect)
    expect.within(function()
      expect(table.pack(yield "x"), { true, n = 1 })
      expect(table.pack(post(SESSION, "x")), { true, n = 1 })
      expect(math.type(KERNEL:alarm_set("x", 1)), "integer")
      expect(table.pack(KERNEL:alarm("x", 1)), { true, n = 1 })
      expect(table.pack(KERNEL:delay("x", 0)), { true, n = 1 })
      expect(table.pack(KERNEL:alias_set "x"), { true, n = 1 })
      expect(table.pack(KERNEL:alias_remove "x"), { true, n = 1 })
      expect(table.pack(KERNEL:sig("x", "x")), { true, n = 1 })
      expect(table.pack(KERNEL:signal(SESSION, "x")), { true, n = 1 })
      expect(table.pack(KERNEL:state("x", nothing)), { true, n = 1 })
      expect.fails("ESRCH", "no such session: nobody", post("nobody", "x"))
    end)
  end)

  it("lifetimes: release() and <close>, the collector is only the safety net", function(expect)
    local s = poe.spawn { _stop = function() expect.log "stop" end }
    do local back <close> = s:postback "x" expect.yes(back) end
    local held = s:postback "x"
    poe.spawn { _start = function() KERNEL:delay("x", 0.01) end, x = function() expect.log "x" held:release() end }
    expect.run()
    expect.logged { "x", "stop" }
    poe.spawn { _start = function() HEAP.back = SESSION:postback "x" HEAP.back = nil end, _stop = function() expect.log "stop" end }
    collectgarbage()
    collectgarbage()
    expect.run()
    expect.logged { "stop" }
  end)

  it("siblings in a signal, in IDLE, in `stop` and in adoption: creation order", function(expect)
    local names = { "a", "b", "c", "d", "e" }
    local function family(alias)
      return poe.spawn {
        _start = function()
          for _, name in ipairs(names) do
            poe.spawn {
              _start = function()
                if alias then KERNEL:alias_set(name) else KERNEL:delay("x", 60) end
                KERNEL:sig("thing", "heard")
                KERNEL:sig("IDLE", "heard")
              end,
              heard = function(signal) expect.log(name, signal) end,
              _stop = function() expect.log(name, "_stop") end,
              x = nothing,
            }
          end
          if alias then KERNEL:alias_set "parent" end
        end,
      }
    end
    local function lines(what)
      local list = {}
      for i, name in ipairs(names) do list[i] = name .. " " .. what end
      return list
    end
    local parent = family()
    KERNEL:signal(parent, "thing")
    KERNEL:run_one_timeslice()
    expect.logged(lines "thing")
    KERNEL:stop()
    expect.logged(lines "_stop")
    expect.run()

    family "alias"
    expect.run()
    local both = lines "IDLE"
    for _, line in ipairs(lines "_stop") do both[#both + 1] = line end
    expect.logged(both)

    -- adoption: children made while their parent is on its way out (R128)
    local dying = poe.spawn {
      _start = function() KERNEL:sig("TERM", "term") end,
      term = function()
        for _, name in ipairs(names) do
          poe.spawn { _start = function() KERNEL:delay("x", 0.01) end, x = nothing,
                      _parent = function() expect.log(name, "_parent") end }
        end
      end,
    }
    KERNEL:signal(dying, "TERM")
    expect.run()
    expect.logged(lines "_parent")
  end)

  it("adjusting a timer to an earlier time wakes the loop (R106)", function(expect)
    local started = poe.time()
    poe.spawn { _start = function() KERNEL:alarm_adjust(KERNEL:delay_set("x", 2), -1.99) yield "y" end,
                x = expect.times(1), y = expect.times(1) }
    expect.run()
    expect(poe.time() - started < 1.5, true)
  end)

  it("`call` of a failing handler: nil, message, DIE (R53)", function(expect)
    local s = poe.spawn { boom = function() error("boom", 0) end, _start = function() KERNEL:sig("DIE", "died") end,
                          died = function() KERNEL:sig_handled() end }
    expect.within(function() expect(table.pack(call(s, "boom")), { nil, "boom", "DIE", n = 3 }) end)
  end)

  it("in a self-call get_active_event() is always STATE (R50, R56)", function(expect)
    poe.spawn {
      _start = function()
        expect(KERNEL:get_active_event(), "_start")
        call(SESSION, "inner")
        expect(KERNEL:get_active_event(), "_start")
        pcall(call, SESSION, "raise")
        expect(KERNEL:get_active_event(), "_start")
      end,
      inner = function() expect({ KERNEL:get_active_event(), STATE }, { "inner", "inner" }) end,
      raise = function() expect(KERNEL:get_active_event(), "raise") error "x" end,
    }
    expect.run()
  end)

  it("a chain of past alarms is bounded: others get their turn (R34)", function(expect)
    local done, n = false, 0
    poe.spawn {
      _start = function() KERNEL:delay("again", -5) yield "other" KERNEL:delay("late", 0.01) end,
      again = function() n = n + 1 if n < 10000000 and done ~= 2 then KERNEL:delay("again", -5) end end,
      other = function() done = 1 end,
      late = function() done = 2 end,
    }
    expect.run()
    expect(done, 2)
    expect(n < 10000000, true)
  end)

  it("`run` inside a handler is an error (R234)", function(expect)
    expect.within(function()
      expect.raises("run: the kernel is running already", function() KERNEL:run() end)
    end)
  end)

  it("arguments are parameters, the rest are the dynamic names", function(expect)
    poe.spawn({ _start = function(...)
      expect(table.pack(...), { "a", "b", n = 2 })
      expect({ SESSION:ID() > 1, SENDER, STATE, type(HEAP) }, { true, KERNEL, "_start", "table" })
    end }, "a", "b")
    expect.run()
  end)

  it("fork (`has_forked`) and `signal_ui_destroy` are not offered", function(expect)
    expect(KERNEL.has_forked, nil)
    expect(KERNEL.signal_ui_destroy, nil)
  end)

  it("(R26 R102 R112) no event name and no number raise; an alarm's ID names alarms only", function(expect)
    expect.within(function()
      expect.raises("bad argument #1 to 'yield' (event: string expected, got no value)", function() yield() end)
      expect.raises("bad argument #2 to 'delay' (seconds: number expected, got string)", function() KERNEL:delay("x", "soon") end)
    end)
    poe.spawn {
      _start = function()
        yield "x"
        for id = 1, 50 do expect(KERNEL:alarm_remove(id), nil) end
      end,
      x = expect.times(1),
    }
    expect.run()
  end)

  it("(R227) `detach_myself` outside any session: nil, EPERM", function(expect)
    expect(select(3, KERNEL:detach_myself()), "EPERM")
  end)

  it("error numbers, packed addresses: libuv's names, printable addresses (I/O)", function(expect)
    poe.spawn {
      _start = function()
        local listener = poe.socket.listen("127.0.0.1", 0)
        local address, port = listener:getsockname()
        expect({ address, math.type(port) }, { "127.0.0.1", "integer" })
        listener:close()
        HEAP.w = poe.wheel.SocketFactory.new {
          remote_address = "127.0.0.1", remote_port = port, success_event = "s", failure_event = "f",
        }
      end,
      f = expect.times(1, function(op, code, message)
        expect({ op, code, message }, { "connect", "ECONNREFUSED", "ECONNREFUSED: connection refused" })
      end),
    }
    expect.run()
  end)

  it("watching a watched handle again replaces the registration (R177, R183)", function(expect)
    poe.spawn {
      _start = function()
        HEAP.a, HEAP.b = poe.socket.pair()
        KERNEL:select_read(HEAP.a, "old", 1)
        KERNEL:select_read(HEAP.a, "new", 2)
        HEAP.b:write "x"
      end,
      old = expect.times(0),
      new = expect.times(1, function(handle, mode, n)
        expect({ mode, n }, { "read", 2 })
        KERNEL:select_read(handle)
        KERNEL:select_read(handle, "again")
        KERNEL:select_read(handle)
      end),
      again = expect.times(0),
    }
    expect.run()
  end)

  it("closing a watched handle stops the watching (R184)", function(expect)
    poe.spawn {
      _start = function()
        local a, b = poe.socket.pair()
        KERNEL:select_read(a, "never")
        HEAP.a, HEAP.b = a, b
        yield "close"
      end,
      close = function() HEAP.a:close() expect.log "closed" end,
      never = expect.times(0),
      _stop = function() expect.log "stopped" end,
    }
    poe.spawn {
      _start = function() -- a Lua file, closed without a word
        HEAP.file = assert(io.popen("sleep 0", "r"))
        KERNEL:select_read(HEAP.file, "ready")
        KERNEL:delay("close", 0.02)
      end,
      ready = function() end,
      close = function() HEAP.file:close() end,
      _stop = function() expect.log "stopped, too" end,
    }
    expect.run()
    expect.logged { "closed", "stopped", "stopped, too" }
  end)

  it("a CR LF cut between two reads is one line end (R331)", function(expect)
    poe.spawn {
      _start = function()
        local a
        a, HEAP.b = poe.socket.pair()
        HEAP.w = poe.wheel.ReadWrite.new { handle = a, input_event = "line", error_event = "gone" }
        HEAP.b:write "one\r"
        KERNEL:delay("rest", 0.02)
      end,
      rest = function() HEAP.b:write "\ntwo\r\n" HEAP.b:close() end,
      line = function(line) expect.log(line) end,
      gone = function() HEAP.w:close() end,
    }
    expect.run()
    expect.logged { "one", "two" }
  end)

  it("closing or pausing a wheel in its own handler holds the rest of the read back (R265, R266)", function(expect)
    poe.spawn {
      _start = function()
        local a
        a, HEAP.b = poe.socket.pair()
        HEAP.w = poe.wheel.ReadWrite.new { handle = a, input_event = "line" }
        HEAP.b:write "1\n2\n3\n"
      end,
      line = function(line)
        expect.log(line)
        if line == "1" then
          HEAP.w:pause_input()
          KERNEL:delay("resume", 0.02)
        else
          HEAP.w:put "still written"
          HEAP.w:close()
          KERNEL:delay("look", 0.02)
        end
      end,
      resume = function() expect.log "resume" HEAP.w:resume_input() end,
      look = function() expect.log((HEAP.b:read())) end,
    }
    expect.run()
    expect.logged { "1", "resume", "2", "still written\r\n" }
  end)

  it("a second wheel on one handle is an error (R273)", function(expect)
    expect.within(function()
      local a <close> = poe.socket.pair()
      local first <close> = poe.wheel.ReadWrite.new { handle = a, input_event = "x" }
      local ok, message = pcall(poe.wheel.ReadWrite.new, { handle = a, input_event = "y" })
      expect(ok, false)
      expect(message:find("EBUSY: descriptor %d+: another wheel or select has it") ~= nil, true)
      expect(first:ID() > 0, true)
    end)
  end)

  it("an unfinished last line: get_pending() has it in the error event, `final` delivers it (R294)", function(expect)
    for _, final in ipairs { false, true } do
      poe.spawn {
        _start = function()
          local a, b = poe.socket.pair()
          HEAP.w = poe.wheel.ReadWrite.new {
            handle = a, input_event = "line", error_event = "gone",
            filter = poe.filter.Line.new { final = final },
          }
          b:write "whole\nhalf"
          b:close()
        end,
        line = function(line) expect.log(line) end,
        gone = function(_, code)
          local pending = HEAP.w:get_input_filter():get_pending()
          expect.log(code .. " " .. (pending and pending[1] or "nothing"))
          HEAP.w:close()
        end,
      }
    end
    expect.run()
    expect.logged { "whole", "whole", "EOF half", "half", "EOF nothing" }
  end)

  it("`select` of plain files is not offered", function(expect)
    local file <close> = assert(io.open(arg and arg[0] or "README.md"))
    expect.within(function()
      expect(select(3, KERNEL:select_read(file, "x")), "EPERM")
    end)
  end)
end)
