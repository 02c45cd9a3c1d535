--- Wheel Run: programs, their streams, their ends.
local Run = poe.wheel.Run

--- A session with one Run wheel in HEAP.w, that notes every event; `chld` when `watch`.
--- `also(wheel)` runs in the handler that has made it; `states` replaces handlers.
local function session(expect, params, states, also, watch)
  for _, name in ipairs { "stdout", "stderr", "error", "close" } do
    if params[name .. "_event"] == nil then params[name .. "_event"] = name end
  end
  local inline = {
    _start = function()
      local w = Run.new(params)
      HEAP.w = w
      if watch and w:PID() then KERNEL:sig_child(w:PID(), "chld") end
      if also then also(w) end
    end,
    stdin = function(id)
      expect(id, HEAP.w:ID())
      expect.log "stdin"
    end,
    stdout = function(record, id)
      expect(id, HEAP.w:ID())
      expect.log("stdout", record)
    end,
    stderr = function(record, id)
      expect(id, HEAP.w:ID())
      expect.log("stderr", record)
    end,
    error = function(op, code, message, id, name)
      expect(id, HEAP.w:ID())
      expect.match(message, "^" .. code .. ": ")
      expect.log("error", op, code, name)
    end,
    close = function(id)
      expect(id, HEAP.w:ID())
      expect.log "close"
    end,
    chld = function(name, pid, status, signal)
      expect(pid, HEAP.w:PID())
      expect.log(name, status, signal)
    end,
  }
  for name, fn in pairs(states or {}) do inline[name] = fn end
  return poe.Session.create { inline_states = inline }
end

--- What a program wrote to its stdout, as lines, and nothing else.
local function output(expect, params)
  local lines = {}
  params.stderr_event, params.error_event, params.close_event = false, false, false
  session(expect, params, { stdout = function(record) lines[#lines + 1] = record end })
  expect.run()
  return lines
end

--- The states of this process's children, a letter each; its own shell, which asks, left out.
local function zombies()
  local pipe <close> = assert(io.popen("ps -o stat= --ppid " .. poe.pid() .. " | grep -c Z"))
  return tonumber(pipe:read "l")
end

local function tmpfile(text)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  file:write(text or "")
  return path
end

local function contents(path)
  local file <close> = assert(io.open(path))
  local text = file:read "a"
  os.remove(path)
  return text
end

describe("Run", function()
  it("R290 a shell command's output, its ends, the end of all, its status", function(expect)
    local ends = {}
    session(expect, { program = "echo out; sleep 0.05; echo err >&2; exit 3" }, {
      error = function(op, code, _, _, name) ends[#ends + 1] = op .. " " .. code .. " " .. name end,
      close = function()
        expect(#ends, 2)
        expect.log "close"
      end,
      chld = function(_, _, status, signal) ends.chld = { status, signal } end,
    }, nil, true)
    expect.run()
    table.sort(ends)
    expect(ends, { "read EOF STDERR", "read EOF STDOUT", chld = { 3, 0 } })
    expect.logged { "stdout out", "stderr err", "close" }
  end)

  it("R291 a list sees no shell, and arguments are appended", function(expect)
    expect(output(expect, { program = { "printf", "<%s>\\n" }, program_args = { "a b", "$HOME", 7, "" } }),
      { "<a b>", "<$HOME>", "<7>", "<>" })
  end)

  it("R291 the arguments of a command are joined to it, for the shell", function(expect)
    expect(output(expect, { program = "X=1; echo", program_args = { "$X", "  a", 2 } }), { "1 a 2" })
  end)

  it("R293 stdin_event when all is written; stdin can be shut down, and then takes no more", function(expect)
    session(expect, { program = "cat", stdin_event = "stdin", stderr_event = false }, {
      stdout = function(record)
        expect.log("stdout", record)
        if record == "l2" then
          HEAP.w:shutdown_stdin()
          expect.raises("Run: put: stdin of wheel " .. HEAP.w:ID() .. " has been shut down",
            function() HEAP.w:put "more" end)
        end
      end,
    }, function(w)
      expect(w:put("l1", "l2"), false)
      expect(w:get_driver_out_octets(), 6)
      expect(w:get_driver_out_messages(), 2)
    end)
    expect.run()
    expect.logged { "stdin", "stdout l1", "stdout l2", "error read EOF STDOUT", "close" }
  end)

  it("stdin is shut down behind what was put", function(expect)
    local size, got = 300000, 0
    session(expect, { program = "cat", stderr_event = false, stdout_filter = poe.filter.Stream.new(),
      stdin_filter = poe.filter.Stream.new() }, {
      stdout = function(data) got = got + #data end,
    }, function(w)
      w:put(("x"):rep(size))
      w:shutdown_stdin()
    end)
    expect.run()
    expect(got, size)
    expect.logged { "error read EOF STDOUT", "close" }
  end)

  it("R294 loses a last line without its end, which the filter still has", function(expect)
    session(expect, { program = "printf 'a\\nb'" }, {
      error = function(_, _, _, _, name)
        if name == "STDOUT" then
          expect(table.concat(HEAP.w:get_stdout_filter():get_pending()), "b")
        end
      end,
    })
    expect.run()
    expect.logged { "stdout a", "close" }
  end)

  it("gives a filter that wants it the last line, then the end", function(expect)
    session(expect, { program = "printf 'a\\nb'", stderr_event = false,
      stdio_filter = poe.filter.Line.new { final = true } })
    expect.run()
    expect.logged { "stdout a", "stdout b", "error read EOF STDOUT", "close" }
  end)

  it("R295 kill ends it with TERM, or with the signal named", function(expect)
    for signal, number in pairs { [false] = 15, INT = 2, USR1 = 10, KILL = 9, [12] = 12 } do
      session(expect, { program = { "sleep", "100" } }, {
        error = function() end,
        close = function() end,
      }, function(w) expect(table.pack(w:kill(signal or nil)), { true, n = 1 }) end, true)
      expect.run()
      expect.logged { "CHLD 0 " .. number }
    end
  end)

  it("kill never reaches a stranger: who has ended is not there", function(expect)
    session(expect, { program = "true" }, {
      error = function() end,
      chld = function()
        expect.fails("ESRCH", "process " .. HEAP.w:PID() .. ": no such process", HEAP.w:kill())
        expect.raises("Run: kill: no such signal: SIGTERM", function() HEAP.w:kill "SIGTERM" end)
      end,
    }, nil, true)
    expect.run()
    expect.logged { "close" }
  end)

  it("R296 a program that is not there is an error event, afterwards", function(expect)
    session(expect, { program = { "/no/such/program" } }, {
      error = function(...)
        expect(table.pack(...), { "exec", "ENOENT",
          "ENOENT: exec /no/such/program: no such file or directory", HEAP.w:ID(), n = 4 })
        expect.log "error"
      end,
    }, function(w)
      expect.log(w:PID())
      expect.fails("ENOENT", "exec /no/such/program: no such file or directory", w:put "x")
      expect.fails("ESRCH", "the program was not started", w:kill())
      w:pause_stdout()
      w:shutdown_stdin()
    end)
    expect.logged { "nil" }
    expect.run()
    expect.logged { "error" }
    expect(zombies(), 0)
  end)

  it("tells what else cannot be done by its name", function(expect)
    local none = tmpfile ""
    for _, case in ipairs {
      { { program = { none } }, "exec EACCES" },
      { { program = "true", user = "no such user" }, "user EINVAL" },
      { { program = "true", group = "no such group" }, "group EINVAL" },
      { { program = "true", redirect_stdin = "/no/such/file" }, "open ENOENT" },
    } do
      session(expect, case[1])
      expect.run()
      expect.logged { "error " .. case[2] .. " nil" }
    end
    os.remove(none)
  end)

  it("R297 without events for it output goes to ours, and there is no close", function(expect)
    local out, err = run_poe [[
      io.write "before "
      poe.spawn {
        _start = function()
          HEAP.w = poe.wheel.Run.new { program = "echo out; echo err >&2", close_event = "close" }
          KERNEL:sig_child(HEAP.w:PID(), "chld")
        end,
        close = function() print "close" end,
        chld = function(...) print "ended" end,
      }
    ]]
    expect(out, "before out\nended\n")
    expect(err, "err\n")
  end)

  it("R298 redirects to files, open files and descriptors", function(expect)
    local path = tmpfile "old and long text"
    session(expect, { program = "echo 1; echo 2 >&2", redirect_output = path, stdout_event = false,
      stderr_event = false }, nil, nil, true)
    expect.run()
    expect.logged { "CHLD 0 0" }
    expect(output(expect, { program = "cat", redirect_stdin = path }), { "1", "2" })
    local file <close> = assert(io.open(path, "a"))
    file:write "3\n"
    session(expect, { program = "echo 4", redirect_stdout = file, stdout_event = false,
      stderr_event = false }, nil, nil, true)
    expect.run()
    file:write "5\n"
    file:close()
    expect.logged { "CHLD 0 0" }
    expect(contents(path), "1\n2\n3\n4\n5\n")
    local reader, writer = poe.pipe()
    session(expect, { program = "echo through", redirect_stdout = writer, stdout_event = false,
      stderr_event = false }, nil, nil, true)
    writer:close()
    expect.run()
    expect.logged { "CHLD 0 0" }
    expect(output(expect, { program = "cat", redirect_stdin = reader:fileno() }), { "through" })
    reader:close()
  end)

  it("no_stdin is empty", function(expect)
    expect(output(expect, { program = "cat; echo end", no_stdin = true }), { "end" })
  end)

  it("R299 works over socketpairs", function(expect)
    for _, conduit in ipairs { "socketpair", "inet" } do
      session(expect, { program = "cat; sleep 0.05; echo err >&2", conduit = conduit },
        { error = function() end }, function(w)
          w:put "in"
          w:shutdown_stdin()
        end)
      expect.run()
      expect.logged { "stdout in", "stderr err", "close" }
    end
  end)

  it("R299 a pty is a terminal, and stderr comes with stdout", function(expect)
    session(expect, { program = "test -t 0 && test -t 1 && test -t 2 && echo tty; stty size; echo err >&2",
      conduit = "pty", winsize = { 30, 100 }, stderr_event = false })
    expect.run()
    expect.logged { "stdout tty", "stdout 30 100", "stdout err", "error read EOF STDOUT", "close" }
  end)

  it("a pty-pipe keeps stderr apart", function(expect)
    local lines = {}
    session(expect, { program = "test -t 1 && echo tty; test -t 2 || echo pipe >&2", conduit = "pty-pipe" },
      { stdout = function(line) lines[1] = line end, stderr = function(line) lines[2] = line end,
        error = function() end })
    expect.run()
    expect(lines, { "tty", "pipe" })
    expect.logged { "close" }
  end)

  it("talks to a shell on a pty", function(expect)
    session(expect, { program = { "bash", "--norc", "--noprofile", "-i" }, conduit = "pty",
      stderr_event = false, stdio_filter = poe.filter.Stream.new() }, {
      stdout = function(data)
        HEAP.text = (HEAP.text or "") .. data
        if not HEAP.asked and HEAP.text:find "[#$] $" then
          HEAP.asked = true
          HEAP.w:put "echo $((6*7)); tty >/dev/tty; [[ $- == *i* ]] && echo inter''active\n"
        elseif HEAP.asked and not HEAP.left and HEAP.text:find "interactive" then
          HEAP.left = true
          expect.match(HEAP.text, "42\r?\n")
          expect.match(HEAP.text, "/dev/pts/%d+")
          HEAP.w:put "exit 5\n"
        end
      end,
    }, nil, true)
    expect.run()
    -- The exit and the end of what was written are two pieces of news.
    expect.logged({ "error read EOF STDOUT", "close", "CHLD 5 0" }, true)
  end)

  it("the end of input reaches a program on a pty", function(expect)
    session(expect, { program = "cat; echo end", conduit = "pty", stderr_event = false }, nil,
      function(w)
        w:put("a", "b")
        w:shutdown_stdin()
      end)
    expect.run()
    expect.logged { "stdout a", "stdout b", "stdout end", "error read EOF STDOUT", "close" }
  end)

  it("R300 a paused stdout is held back, close too", function(expect)
    session(expect, { program = "echo 1; echo 2", stderr_event = false }, {
      stdout = function(record)
        expect.log("stdout", record)
        if record == "1" then
          HEAP.w:pause_stdout()
          KERNEL:delay("resume", 0.05)
        end
      end,
      resume = function()
        expect.log "resume"
        HEAP.w:resume_stdout()
      end,
    }, function(w)
      w:pause_stdout()
      KERNEL:delay("resume", 0.1)
    end)
    expect.run()
    expect.logged { "resume", "stdout 1", "resume", "stdout 2", "error read EOF STDOUT", "close" }
  end)

  it("R300 stderr is paused by itself", function(expect)
    session(expect, { program = "echo err >&2; sleep 0.05; echo out" }, {
      stdout = function(record)
        expect.log("stdout", record)
        HEAP.w:resume_stderr()
      end,
      error = function() end,
    }, function(w) w:pause_stderr() end)
    expect.run()
    expect.logged { "stdout out", "stderr err", "close" }
  end)

  it("R301 events change; output without one is dropped, and close comes all the same", function(expect)
    session(expect, { program = "while read x; do echo $x; done", stderr_event = false }, {
      stdout = function(record)
        expect.log("stdout", record)
        HEAP.w:event { stdout_event = "other" }
        HEAP.w:put "2"
      end,
      other = function(record)
        expect.log("other", record)
        HEAP.w:event { stdout_event = false }
        HEAP.w:put("3", "4")
        HEAP.w:shutdown_stdin()
      end,
    }, function(w) w:put "1" end)
    expect.run()
    expect.logged { "stdout 1", "other 2", "error read EOF STDOUT", "close" }
  end)

  it("R302 closing the wheel leaves the child running", function(expect)
    local path = tmpfile ""
    os.remove(path)
    session(expect, { program = ("read x; echo done $x >%s; exit 4"):format(path) }, nil, function(w)
      w:put "now"
      w:close()
      w:close()
      expect.raises("Run: put: wheel " .. w:ID() .. " is closed", function() w:put "x" end)
    end, true)
    expect.run()
    expect.logged { "CHLD 4 0" }
    expect(contents(path), "done now\n")
  end)

  it("close in a handler ends what the wheel tells", function(expect)
    session(expect, { program = "trap '' PIPE; echo 1; (echo 2; echo 3 >&2) 2>/dev/null; exit 1" }, {
      stdout = function(record)
        expect.log("stdout", record)
        HEAP.w:close()
      end,
      stderr = function() end,
    }, nil, true)
    expect.run()
    expect.logged { "stdout 1", "CHLD 1 0" }
  end)

  it("a program that does not read any more is an error of STDIN, then of put", function(expect)
    session(expect, { program = "exec <&-; echo closed; sleep 0.2", stderr_event = false }, {
      stdout = function() HEAP.w:put "x" end,
      error = function(op, code, message, _, name)
        expect.log("error", op, code, name)
        if name == "STDIN" then
          expect.fails("EPIPE", message:match "^EPIPE: (.*)", HEAP.w:put "y")
        end
      end,
    })
    expect.run()
    expect.logged { "error write EPIPE STDIN", "error read EOF STDOUT", "close" }
  end)

  it("filters of each way and stream", function(expect)
    local Block, Line = poe.filter.Block, poe.filter.Line
    session(expect, { program = "cat; sleep 0.05; printf e1.e2. >&2", stdin_filter = Line.new { literal = "+" },
      stdout_filter = Block.new { block_size = 2 }, stderr_filter = Line.new { literal = "." } }, {
      stdout = function(record)
        expect.log("stdout", record)
        if record == "a+" then
          local line = Line.new { literal = "|" }
          HEAP.w:set_stdout_filter(line)
          expect(HEAP.w:get_stdout_filter(), line)
          HEAP.w:set_stdin_filter(line)
          HEAP.w:put("x", "y")
          HEAP.w:shutdown_stdin()
        end
      end,
      error = function() end,
    }, function(w) w:put "a" end)
    expect.run()
    expect.logged { "stdout a+", "stdout x", "stdout y", "stderr e1", "stderr e2", "close" }
  end)

  it("what a filter refuses is an error and the end of reading", function(expect)
    session(expect, { program = "echo too long; exec >&-; sleep 0.05; echo err >&2",
      stdout_filter = poe.filter.Line.new { literal = "\n", max_length = 3 } })
    expect.run()
    expect.logged { "error read EMSGSIZE STDOUT", "stderr err", "error read EOF STDERR", "close" }
  end)

  it("goes on reading with another filter", function(expect)
    local picky = poe.filter.Map.new { code = function(line)
      if line == "bad" then error "cannot take it" end
      return line
    end }
    picky = poe.filter.Stackable.new { filters = { poe.filter.Line.new(), picky } }
    session(expect, { program = "read x; echo bad; read x; echo good", stderr_event = false,
      stdout_filter = picky }, {
      error = function(op, code, message, _, name)
        expect.log("error", op, code, name)
        if code == "EBADMSG" then
          expect.match(message, "cannot take it$")
          HEAP.w:set_stdout_filter(poe.filter.Line.new())
          HEAP.w:put "y"
        end
      end,
    }, function(w) w:put "x" end)
    expect.run()
    expect.logged { "error read EBADMSG STDOUT", "stdout good", "error read EOF STDOUT", "close" }
  end)

  it("its own group, or session, and niceness", function(expect)
    local program = "set -- $(cat /proc/$$/stat); [ $5 = $$ ] && echo group;"
      .. " [ $6 = $$ ] && echo session; true"
    expect(output(expect, { program = program }), { "group" })
    expect(output(expect, { program = program, no_set_pgrp = true }), {})
    expect(output(expect, { program = program, set_session = true }), { "group", "session" })
    local nice = io.popen "nice"
    local ours = tonumber(nice:read "l")
    nice:close()
    expect(output(expect, { program = "nice", priority = 4 }), { tostring(ours + 4) })
  end)

  it("runs as somebody else, with their groups", function(expect)
    local id = io.popen "id -u; id -u nobody; id -g nobody"
    local me, nobody, group = id:read "n", id:read "n", id:read "n"
    id:close()
    if me ~= 0 then return end
    local program = "id -u; id -g; id -G"
    expect(output(expect, { program = program, user = "nobody" }),
      { tostring(nobody), tostring(group), tostring(group) })
    expect(output(expect, { program = program, user = nobody, group = 12345 }),
      { tostring(nobody), "12345", "12345 " .. group })
  end)

  it("close_on_call closes what the script has open", function(expect)
    local file <close> = assert(io.open "/dev/null")
    expect(#output(expect, { program = { "ls", "/proc/self/fd" } }) > 4, true)
    expect(output(expect, { program = { "ls", "/proc/self/fd" }, close_on_call = true }),
      { "0", "1", "2", "3" }) -- 3 is ls's own
    expect(io.type(file), "file")
  end)

  it("keeps its session while it reads, and no longer", function(expect)
    poe.spawn {
      _start = function()
        HEAP.w = Run.new { program = "echo; exec >&- 2>&-; sleep 100", stdout_event = "out" }
      end,
      out = function() expect.log "out" end,
      _stop = function()
        expect.log "stop"
        expect(HEAP.w:kill(), true)
      end,
    }
    expect.run()
    expect.logged { "out", "stop" }
  end)

  it("leaves no zombie, whoever watches", function(expect)
    poe.spawn {
      _start = function()
        for i = 1, 10 do
          HEAP[i] = Run.new { program = "exit 0", stdout_event = "out" }
          if i % 2 == 0 then KERNEL:sig_child(HEAP[i]:PID(), "chld") end
        end
        KERNEL:delay("look", 0.2)
      end,
      chld = expect.times(5),
      look = function() expect(zombies(), 0) end,
    }
    expect.run()
  end)

  it("a sig_child that comes after the end still hears of it", function(expect)
    session(expect, { program = "exit 6" }, {
      error = function() end,
      close = function() KERNEL:delay("late", 0.1) end,
      late = function()
        expect(zombies(), 0)
        KERNEL:sig_child(HEAP.w:PID(), "chld")
      end,
    })
    expect.run()
    expect.logged { "CHLD 6 0" }
  end)

  it("CHLD is told of it too, but not of grandchildren", function(expect)
    session(expect, { program = "sh -c 'exit 1' & wait; exit 2" }, {
      error = function() end,
      any = function(...) expect.log("any", select(3, ...)) end,
    }, function() KERNEL:sig("CHLD", "any") end, true)
    expect.run()
    expect.logged { "close", "CHLD 2 0", "any 2 0" }
  end)

  it("io.popen and os.execute keep their status", function(expect)
    poe.spawn {
      _start = function()
        HEAP.pipe = io.popen "exit 7"
        HEAP.w = Run.new { program = "sleep 0.05", stdout_event = "out", close_event = "close" }
      end,
      close = function() KERNEL:delay("after", 0.05) end,
      after = function()
        expect(table.pack(HEAP.pipe:close()), { nil, "exit", 7, n = 3 })
        expect(table.pack(os.execute "exit 8"), { nil, "exit", 8, n = 3 })
      end,
    }
    expect.run()
  end)

  it("two hundred at once, and not a descriptor is left", function(expect)
    local count = 200
    local before = expect.descriptors()
    poe.spawn {
      _start = function()
        HEAP.seen = {}
        for i = 1, count do
          local w = Run.new { program = { "cat" }, stdin_event = "flushed", stdout_event = "out",
            stderr_event = "err", close_event = "close" }
          HEAP[w:ID()] = w
          w:put("number " .. i)
          w:shutdown_stdin()
          KERNEL:sig_child(w:PID(), "chld")
        end
      end,
      out = expect.times(count, function(line) HEAP.seen[line] = true end),
      err = expect.never(),
      flushed = expect.times(count),
      close = expect.times(count, function(id)
        HEAP[id]:close()
        HEAP[id] = nil
      end),
      chld = expect.times(count, function(_, _, status) expect(status, 0) end),
      _stop = function()
        local seen = 0
        for _ in pairs(HEAP.seen) do seen = seen + 1 end
        expect(seen, count)
      end,
    }
    expect.run()
    expect(expect.descriptors() <= before + 2, true) -- libuv's, for its first signal
    expect(zombies(), 0)
  end, 30)

  it("failed starts leave no descriptor", function(expect)
    local before
    poe.spawn {
      _start = function()
        for i = 1, 20 do
          Run.new { program = { "/no/such" }, stdout_event = "x", stderr_event = "x", conduit = "pty-pipe" }
          if i == 1 then before = expect.descriptors() end
        end
        expect(expect.descriptors(), before)
      end,
    }
    expect.run()
  end)

  it("a wheel that is collected lets its session end", function(expect)
    poe.spawn {
      _start = function()
        HEAP.pid = Run.new({ program = "exec sleep 100", stdout_event = "out" }):PID()
        KERNEL:delay("collect", 0)
      end,
      collect = function()
        collectgarbage()
        collectgarbage()
        os.execute("kill " .. HEAP.pid)
      end,
      out = function() end,
      _stop = function() expect.log "stop" end,
    }
    expect.run()
    expect.logged { "stop" }
  end)

  it("gives records to a handler that waits in get, and its end", function(expect)
    poe.spawn { _start = function()
      local w <close> = Run.new { program = "sort", stdout_event = false }
      w:put("pear", "apple", "fig")
      expect(table.pack(w:drain()), { true, n = 1 })
      w:shutdown_stdin()
      for _, word in ipairs { "apple", "fig", "pear" } do expect(table.pack(w:get()), { word, n = 1 }) end
      for _ = 1, 2 do expect(table.pack(w:get()), { nil, "EOF: end of file", "EOF", n = 3 }) end
      local mib <close> = Run.new { program = "head -c 1000000 /dev/zero", stdout_event = false,
        stdout_filter = poe.filter.Block.new { block_size = 1000 } }
      for _ = 1, 1000 do expect(#mib:get(), 1000) end
      expect(mib:get(), nil)
      expect.log "done"
    end }
    expect.run()
    expect.logged { "done" }
  end)

  it("reads nothing while nobody gets", function(expect)
    poe.spawn { _start = function()
      local w <close> = Run.new { program = "echo first; yes >&0 || true; exec yes", stdout_event = false }
      expect(w:get(), "first")
      local before = collectgarbage "count"
      poe.sleep(0.1)
      expect.yes(collectgarbage "count" - before < 200)
      expect(w:get(), "y")
      w:kill "KILL"
      local last, _, code
      repeat last, _, code = w:get() until not last
      expect(code, "EOF")
    end }
    expect.run()
  end)

  it("tells a handler that waits of a program that is not, a close, a time that is up, a reader that ends", function(expect)
    poe.spawn { _start = function()
      local none <close> = Run.new { program = { "./nonesuch" }, stdout_event = false }
      for _, method in ipairs { "get", "drain" } do expect(select(3, none[method](none)), "ENOENT") end
      local w = Run.new { program = "cat", stdout_event = false }
      expect(select(3, poe.with_timeout(0.01, w.get, w)), "ETIMEDOUT")
      poe.spawn { _start = function() poe.sleep(0.01) w:close() end }
      expect(select(3, w:get()), "ECANCELED")
      expect.raises_like("Run: get: wheel %d+ is closed", function() w:get() end)
      local deaf <close> = Run.new { program = "exec <&-; sleep 0.05", stdout_event = false }
      deaf:put(("x"):rep(1000000))
      expect(select(3, deaf:drain()), "EPIPE")
      local ours <close> = Run.new { program = "true" }
      expect.raises_like("Run: get: the stdout of wheel %d+ is not read: stdout_event = false says that it is by get",
        function() ours:get() end)
      expect.log "done"
    end }
    expect.run()
    expect.logged { "done" }
  end)

  it("gives what a handler waits for to that, the rest to its event", function(expect)
    session(expect, { program = "printf 'a\\nb\\n'; read x; echo $x", stderr_event = false }, {}, function(w)
      expect.log("got", (w:get()))
      w:put "c"
      expect.log("got", (w:get()))
    end)
    expect.run()
    expect.logged { "stdout b", "got a", "got c", "error read EOF STDOUT", "close" }
  end)

  it("says what is wrong with its parameters", function(expect)
    local function wrong(message, params)
      params.program = params.program or "true"
      expect.raises("Run: " .. message, function() Run.new(params) end)
    end
    expect.within(function()
      expect.raises("Run: program must be a command or a list of words, got nil", function() Run.new {} end)
      wrong("program must be a command or a list of words, got an empty table", { program = {} })
      wrong("program must be a list of strings, got table at 2", { program = { "a", {} } })
      wrong("unknown field 'StdoutEvent'", { StdoutEvent = "x" })
      wrong("conduit must be pipe, pty, pty-pipe, socketpair or inet, got \"tube\"", { conduit = "tube" })
      wrong("redirect_stdout and stdout_event exclude each other",
        { redirect_stdout = "x", stdout_event = "x" })
      wrong("redirect_output and stderr_event exclude each other",
        { redirect_output = "x", stderr_event = "x" })
      wrong("redirect_stdin and conduit \"pty\" exclude each other",
        { redirect_stdin = "x", conduit = "pty" })
      wrong("stderr_event needs conduit \"pty-pipe\": with \"pty\" stderr arrives with stdout",
        { stderr_event = "x", conduit = "pty" })
      wrong("winsize needs conduit \"pty\", got \"pipe\"", { winsize = { 1, 2 } })
      wrong("winsize must have 2 or 4 numbers, got 3", { winsize = { 1, 2, 3 }, conduit = "pty" })
      wrong("priority must be an integer, got 1.5", { priority = 1.5 })
      wrong("user must be a name or a number, got -1", { user = -1 })
      wrong("redirect_stdin must be a file's name, an open file, a socket or a descriptor, got true",
        { redirect_stdin = true })
      expect.raises_like("^Run: program must be a command or a list of words, got function",
        function() Run.new { program = print } end)
      local w <close> = Run.new { program = "true" }
      expect.raises("Run: stdout_event: the wheel was made without it",
        function() w:event { stdout_event = "x" } end)
      expect.raises("Run: 'program' is not an event", function() w:event { program = "x" } end)
      expect.raises("Run: kill: a signal must be a name or a number, got true", function() w:kill(true) end)
    end)
  end)
end)
