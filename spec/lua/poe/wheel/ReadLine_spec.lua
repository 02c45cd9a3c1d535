local poe = require "poe"
local POE = os.getenv "POE" or "build/release/poe"

local function slurp(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function spew(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

-- plain lines, and connections -----------------------------------------------------------------

--- A session with a wheel on one end of a pair, `other` is the other; `steps` are called one after the
--- other with what input_event got.
local function on_pair(expect, opts, text, steps)
  local got = {}
  expect.within(function()
    local near, far = poe.socket.pair()
    opts.handle, opts.input_event, opts.read_init = near, "line", false
    local w = poe.wheel.ReadLine.new(opts)
    local function again() w:get "> " end
    KERNEL:state("line", function(line, exception, id)
      expect(id, w:ID())
      got[#got + 1] = line or "(" .. exception .. ")"
      local step = steps and steps[#got]
      if step then step(w, far) elseif exception then w:close() near:close() far:close() else again() end
    end)
    again()
    far:write(text)
    if not steps then
      far:close()
    end
  end)
  return got
end

describe("ReadLine without a terminal", function()
  it("reads lines as they are, and the last without its end", function(expect)
    expect(on_pair(expect, {},
      "one\r\ntwo\n\n\27[A\3\nlast"), { "one", "two", "", "\27[A\3", "last", "(eot)" })
    expect(on_pair(expect, {}, ""), { "(eot)" })
  end)

  it("writes nothing to it, but what is put", function(expect)
    on_pair(expect, {}, "one\n", { function(w, far)
      expect(select(3, far:read()), "EAGAIN")
      w:put("a", "b")
      expect(far:read(), "a\r\nb\r\n")
      w:close()
      far:close()
    end })
  end)

  it("edits over a connection when it is told the columns", function(expect)
    on_pair(expect, { columns = 40, bracketed_paste = false }, "hello\1x\r", { function(w, far)
      expect(far:read(), "> xhello\r\n")
      w:get "? "
      far:write "a\3"
    end, function(w, far)
      expect(far:read(), "? a^C\r\n")
      w:close()
      far:close()
    end })
  end)

  it("gives keys one by one", function(expect)
    local got = {}
    expect.within(function()
      local near, far = poe.socket.pair()
      local w = poe.wheel.ReadLine.new { handle = near, columns = 40, input_event = "key",
        read_init = false }
      KERNEL:state("key", function(key)
        got[#got + 1] = key
        if #got < 5 then
          w:get_key()
        else
          w:close()
          far:close()
          near:close()
        end
      end)
      w:get_key()
      far:write "a中\27[A\27fb"
    end)
    expect(got, { "a", "中", "\27[A", "\27f", "b" })
  end)

  it("gives keys that were typed ahead of a line's end, and lines typed ahead of a key",
    function(expect)
    expect(on_pair(expect, { columns = 40 }, "one\rxtwo\r", { function(w)
      w:get_key()
    end, function(w)
      w:get()
    end, function(w, far)
      w:close()
      far:close()
    end }), { "one", "x", "two" })
  end)

  it("reads pipes and files of the program's", function(expect)
    local program = [[
      poe.spawn {
        _start = function()
          HEAP.w = poe.wheel.ReadLine.new { input_event = "line" }
          HEAP.w:get "> "
        end,
        line = function(line, exception)
          HEAP.w:put("<" .. tostring(line) .. ">")
          if exception then HEAP.w:close() else HEAP.w:get() end
        end,
      }]]
    local out, err = run_poe(program, {}, "one\ntwo")
    expect(out, "<one>\r\n<two>\r\n<nil>\r\n")
    expect(err, "")
  end)

  it("puts lines above the prompt, as put_mode says", function(expect)
    for mode, wanted in pairs { immediate = "\r\27[Jone\r\n> ab", idle = "" } do
      on_pair(expect, { columns = 40, bracketed_paste = false, put_mode = mode,
        idle_time = 0.05 }, "\r",
        { function(w, far)
          w:get()
          far:write "ab"
          far:read()
          KERNEL:delay("typed", 0.02)
          KERNEL:state("typed", function()
            far:read()
            w:put "one"
            expect(far:read() or "", wanted)
            KERNEL:delay("idle", 0.15)
          end)
          KERNEL:state("idle", function()
            expect(far:read() or "", mode == "idle" and "\r\27[Jone\r\n> ab" or "")
            w:close()
            far:close()
          end)
        end })
    end
  end)

  it("keeps the history in files", function(expect)
    local path = os.tmpname()
    expect.within(function()
      local near, far <close> = poe.socket.pair()
      local w <close> = poe.wheel.ReadLine.new { handle = near, input_event = "line" }
      w:add_history("one", "two\nlines")
      w:addhistory "three"
      expect({ w:get_history() }, { "one", "two\nlines", "three" })
      expect(w:write_history(path), true)
      expect(slurp(path), "one\ntwo\\\nlines\nthree\n")
      expect(w:read_history(path, 1, 1), true)
      expect({ w:GetHistory() }, { "one", "two\nlines", "three", "two\nlines" })
      expect(w:history_truncate_file(path, 2), true)
      expect({ w:get_history() }, { "two\nlines", "three" })
      expect(slurp(path), "two\\\nlines\nthree\n")
      expect.fails("ENOENT", "/none/x: No such file or directory", w:read_history "/none/x")
      expect.fails("ENOENT", "/none/x: No such file or directory", w:write_history "/none/x")
      expect.fails("ENOENT", "/none/x: No such file or directory", w:history_truncate_file "/none/x")
      near:close()
    end)
    os.remove(path)
  end)

  it("has options, attribs, keys and functions", function(expect)
    expect.within(function()
      local near, far <close> = poe.socket.pair()
      local w <close> = poe.wheel.ReadLine.new { handle = near, columns = 30, lines = 9,
        input_event = "line" }
      expect({ w:terminal_size() }, { 30, 9 })
      w:resize(20, 5)
      expect({ w:terminal_size() }, { 20, 5 })
      expect(w:option "comment-begin", "#")
      w:attribs().thing = 1
      expect(w:option "THING", 1)
      w:add_defun("my-own", function(this) expect(this, w) end)
      expect(w:bind_key("C-o", "my-own"), true)
      expect.fails("EINVAL", "no such function: none", w:bind_key("C-o", "none"))
      w:get()
      w:get_editor():feed "\15"
      near:close()
    end)
  end)

  it("says what is wrong with its parameters", function(expect)
    expect.within(function()
      local new = poe.wheel.ReadLine.new
      expect.raises("ReadLine: input_event required", function() new {} end)
      expect.raises("ReadLine: unknown field 'x'", function() new { x = 1 } end)
      expect.raises('ReadLine: put_mode must be "immediate", "idle" or "after", got "x"', function()
        new { input_event = "x", put_mode = "x" }
      end)
      expect.fails("EBADF", "descriptor 999: bad file descriptor", new { input_event = "x", handle = 999 })
      expect.fails("EBADF", "descriptor 999: bad file descriptor",
        new { input_event = "x", handle = 0, output_handle = 999 })
      collectgarbage()
      local w = new { input_event = "x", handle = 0 }
      w:close()
      w:close()
      expect.raises("get: the wheel is closed", function() w:get() end)
      expect.raises("put: the wheel is closed", function() w:put "x" end)
    end)
  end)
end)

-- a real terminal ------------------------------------------------------------------------------

local tmux = dofile "spec/lua/poe/tmux.lua"
local quote = tmux.quote

--- A terminal in which a shell runs `program`.
local function new_tmux(columns, lines, program)
  local script, result = os.tmpname(), os.tmpname()
  spew(script, program)
  local t = tmux.new(columns, lines,
    ("clear; INPUTRC=/none RESULT=%s timeout --foreground 60 %s %s; stty -a | tr ';' '\\n' >>%s; echo ended; sleep 60")
      :format(result, quote(POE), script, result), { script, result })
  t.result = result

  --- Waits until the result has this in it.
  function t.told(expect, pattern)
    for _ = 1, 60 do
      if slurp(result):find(pattern) then return end
      os.execute "sleep 0.05"
    end
    expect.match(slurp(result), pattern)
  end
  return t
end

--- Reads lines into the result file; `more` is put into its states, `options` into the wheel's.
local function reader(options, more)
  local text = [[
    local function tell(text)
      local file <close> = io.open(os.getenv "RESULT", "a")
      file:write(text, "\n")
    end
    local function stty()
      local pipe <close> = io.popen "stty -a </dev/tty"
      return pipe:read "a":match "%-?icanon"
    end
    poe.spawn {
      _start = function()
        HEAP.w = poe.wheel.ReadLine.new { input_event = "line", read_init = false, OPTIONS }
        HEAP.w:get "> "
      end,
      line = function(line, exception)
        tell(("%s %s"):format(line and ("%q"):format(line) or "nil", exception))
        tell("after " .. stty())
        if line == "fail" then error "failed" end
        if exception then HEAP.w:close() else HEAP.w:get() end
      end,
      MORE
    }]]
  return (text:gsub("OPTIONS", function() return options or "" end):gsub("MORE",
    function() return more or "" end))
end

describe("ReadLine in tmux", function()
  it("edits, wraps, and puts the terminal back after each line", function(expect)
    local t <close> = new_tmux(20, 10, reader "")
    t.wait(expect, ">", "2,0")
    t.type "hello 中文 e\u{301}, wrapped"
    t.wait(expect, "> hello 中文 e\u{301}, wrap\nped", "3,1")
    t.type "\1X"
    t.wait(expect, "> Xhello 中文 e\u{301}, wra\npped", "3,0")
    t.type "\r"
    t.wait(expect, "> Xhello 中文 e\u{301}, wra\npped\n>", "2,2")
    t.type "012345678901234567"
    t.wait(expect, "> Xhello 中文 e\u{301}, wra\npped\n> 012345678901234567", "0,3")
    t.type "\3"
    t.wait(expect, "> Xhello 中文 e\u{301}, wra\npped\n> 012345678901234567\n^C\nended")
    local result = slurp(t.result)
    expect.match(result, '^"Xhello 中文 e\u{301}, wrapped" nil\nafter icanon\nnil interrupt\nafter icanon\n')
    expect.match(result, "isig icanon")
  end, 40)

  it("shows after many keys what it shows when it draws anew", function(expect)
    local keys = { "a", "word ", "中", "é", "e\u{301}", "\t", "\1", "\2", "\2\2\2", "\5", "\6",
      "\127", "\127\127", "\11", "\21",
      "\23", "\25", "\20", "\31", "\27b", "\27f", "\27d", "\27[A", "\27[B",
      "\27[200~p\nq中\27[201~", "0123456789" }
    for round = 1, math.max(1, expect.heavy(6)) do
      math.randomseed(round)
      local columns = ({ 20, 7, 33, 2, 80, 11 })[round]
      local t <close> = new_tmux(columns, 24, reader 'history = { "one", "two\\nlines", "中文 three" }')
      t.wait(expect, ">")
      local typed = {}
      for _ = 1, 8 do
        for _ = 1, 6 do
          local key = keys[math.random(#keys)]
          typed[#typed + 1] = key
          t.type(key)
        end
        -- What comes with the next key is on the screen when that is.
        local before, at, again
        for _ = 1, 100 do
          os.execute "sleep 0.03"
          before, at = t.screen()
          again = t.screen()
          if before == again then break end
        end
        t.type "\12"
        os.execute "sleep 0.1"
        local drawn, at_drawn = t.screen()
        local what = ("%d columns, %q"):format(columns, table.concat(typed, " "))
        if before ~= drawn or at ~= at_drawn then
          expect(before .. "\n" .. at, drawn .. "\n" .. at_drawn, what)
          return
        end
      end
    end
  end, 60)

  it("leaves others' descriptors as they are", function(expect)
    local t <close> = new_tmux(40, 10, reader("", [[
      _default = function() end,
    ]]):gsub('HEAP.w:get "> "', [[%0
        for line in io.lines "/proc/self/fdinfo/0" do
          if line:find "flags" then tell("nonblocking " .. (tonumber(line:match "%%d+$", 8) & 2048)) end
        end
        tell("while " .. stty())]]))
    t.told(expect, "nonblocking 0\nwhile %-icanon")
    t.type "\4"
    t.told(expect, "nil eot\nafter icanon")
  end, 30)

  it("puts the terminal back when an error ends the program", function(expect)
    local t <close> = new_tmux(60, 10, reader(""))
    t.wait(expect, ">")
    t.type "fail\r"
    t.told(expect, "isig icanon")
    local other <close> = new_tmux(60, 20, reader('complete = function() error "in complete" end'))
    other.wait(expect, ">")
    other.type "x\t"
    other.told(expect, "isig icanon")
    expect.match((other.screen()), "in complete")
    expect.match((other.screen()), "ended$")
  end, 30)

  it("puts it back when its session dies and the program goes on", function(expect)
    local t <close> = new_tmux(60, 10, reader("",
      "die = function() KERNEL:signal(SESSION, 'UIDESTROY') end,")
      .. [[
      poe.spawn {
        _start = function() KERNEL:delay("kill", 0.3) end,
        kill = function()
          tell("before " .. stty())
          KERNEL:signal(2, "KILL")
          KERNEL:delay("look", 0.2)
        end,
        look = function() tell("dead " .. stty()) end,
      }]])
    t.told(expect, "before %-icanon\ndead icanon")
    t.told(expect, "isig icanon")
  end, 30)

  it("takes a paste as text, and lines put above", function(expect)
    local t <close> = new_tmux(30, 10, reader('put_mode = "immediate"', [[
      tick = function() HEAP.w:put "news" end,
      _child = function() end,
    ]]):gsub('HEAP.w:get "> "', '%0 HEAP.w:bind_key("C-o", function(w) post(SESSION, "tick") end)'))
    t.wait(expect, ">")
    t.tmux "set-buffer 'one\ntwo\27[Athree'"
    t.tmux "paste-buffer -p"
    t.wait(expect, "> one\ntwo^[[Athree", "12,1")
    t.type "\15"
    t.wait(expect, "news\n> one\ntwo^[[Athree", "12,2")
    t.type "\r"
    t.told(expect, '^"one\\\ntwo\\27%[Athree" nil')
  end, 30)

  it("follows the window's size", function(expect)
    -- Some lines first: tmux takes a row away at the top when it wraps anew, and brings it back later.
    local t <close> = new_tmux(40, 10, "print '1\\n2\\n3'" .. reader(""))
    t.wait(expect, "1\n2\n3\n>")
    t.type "this is a line that is longer than twenty"
    t.wait(expect, "1\n2\n3\n> this is a line that is longer than twe\nnty", "3,4")
    t.tmux "resize-window -x 20 -y 10"
    os.execute "sleep 0.6" -- tmux tells the program a little later
    t.type "!"
    t.wait(expect, "2\n3\n> this is a line tha\nt is longer than twe\nnty!", "4,4")
    t.tmux "resize-window -x 60 -y 10"
    os.execute "sleep 0.6"
    t.type "?"
    t.wait(expect, "1\n2\n3\n> this is a line that is longer than twenty!?", "45,3")
  end, 30)

  it("knows ESC by the pause behind it", function(expect)
    local t <close> = new_tmux(40, 10, reader 'mode = "vi"')
    t.wait(expect, ">")
    t.type "abc\27"
    t.wait(expect, "> abc", "4,0")
    t.type "x"
    t.wait(expect, "> ab", "3,0")
    t.type "dd\4"
    t.told(expect, "nil eot")
  end, 30)
end)
