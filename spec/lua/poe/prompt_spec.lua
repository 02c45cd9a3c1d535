--- The live prompt, typed at on real terminals.
local tmux = dofile "spec/lua/poe/tmux.lua"
local POE = os.getenv "POE" or "build/release/poe"
local HERE = io.popen "pwd":read "l"

local function slurp(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function spew(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

local function new_folder()
  local pipe <close> = io.popen "mktemp -d"
  return pipe:read "l"
end

--- A prompt on a terminal; `how`: args, env (words of a shell), home (a folder that stays).
local function new_prompt(expect, columns, lines, how)
  how = how or {}
  local folder = how.home or new_folder()
  local poe_path = POE:sub(1, 1) == "/" and POE or HERE .. "/" .. POE
  local t = tmux.new(columns, lines, ("cd %s; export INPUTRC=/none XDG_STATE_HOME=%s HOME=%s NO_COLOR=1 %s; "
    .. "clear; %s %s; echo left: $?; stty -a | grep -o '[-]*icanon'; sleep 100")
    :format(folder, folder, folder, how.env or "", tmux.quote(poe_path), how.args or ""))
  local close = getmetatable(t).__close
  setmetatable(t, { __close = function()
    close(t)
    if not how.home then os.execute("rm -rf " .. folder) end
  end })
  t.folder = folder

  --- Types a line and waits for what it makes appear.
  function t.run(line, text)
    t.type(line .. "\r")
    return text and t.see(expect, text)
  end

  --- What stands on the screen from the last line typed on, once the prompt is back.
  function t.answer(line)
    t.type("\12" .. line .. "\r") -- on an empty screen
    t.see(expect, "> " .. line:sub(1, columns - 4))
    local got
    for _ = 1, 100 do
      got = t.screen()
      if got:find "\n>$" then break end
      os.execute "sleep 0.05"
    end
    for _ = 0, (#line + 2) // columns do got = got:gsub("^[^\n]*\n?", "", 1) end
    return (got:gsub("\n?>$", ""):gsub("([^ \n])   *", "%1\t")) -- which a terminal shows as blanks
  end
  t.see(expect, "\n>")
  return t
end

describe("the prompt, as lua -i", function()
  it("shows results with print, expressions first, and errors with a traceback", function(expect)
    local t <close> = new_prompt(expect, 80, 24)
    expect(t.answer "1 + 1, 'a', nil", "2\ta\tnil")
    expect(t.answer "= 6 * 7", "42")
    expect(t.answer "x = 5", "")
    expect(t.answer "x", "5")
    expect(t.answer "return x, x", "5\t5")
    expect(t.answer "print = (function(p) return function(...) p('<', ...) end end)(print)", "")
    expect(t.answer "x", "<\t5")
    expect(t.answer "print = nil", "")
    expect.match(t.answer "x", "^error calling 'print'")
    expect.match(t.answer "error 'oops'", "^stdin:1: oops\nstack traceback:\n%s+%[C%]: in function 'error'\n"
      .. "%s+stdin:1: in main chunk")
    expect.match(t.answer "error({})", "^%(error object is a table value%)\nstack traceback:")
    expect(t.answer "error(setmetatable({}, {__tostring = function() return 'mine' end}))", "mine")
    expect(t.answer "foo bar", "stdin:1: syntax error near 'bar'")
    expect(t.answer "for i = 1, 2 do end end", "stdin:1: <eof> expected near 'end'")
  end, 60)

  it("continues while the statement is incomplete, with the prompts of _PROMPT and _PROMPT2", function(expect)
    local t <close> = new_prompt(expect, 80, 24)
    t.type "for i = 1, 2 do\rprint(i)\rend\r"
    t.wait(expect, t.screen():match "^[^\n]*" .. "\n> for i = 1, 2 do\n>> print(i)\n>> end\n1\n2\n>")
    t.type "\12_PROMPT, _PROMPT2 = 'poe: ', setmetatable({}, { __tostring = function() return '...: ' end })\r"
    t.see(expect, "\npoe:")
    t.type "\12f(\r1\r)\r"
    t.see(expect, "poe: f(\n...: 1\n...: )\n")
    t.type "\12{\r"
    t.see(expect, "poe: {\n...:")
    t.type "1 }\r"
    t.see(expect, "{ 1 }\npoe:")
    t.type "\12function f(\r\4"
    t.see(expect, "expected near <eof>\npoe:")
    t.type "_PROMPT = setmetatable({}, { __tostring = error })\r"
    t.see(expect, "\n>")
  end, 60)

  it("runs a script first with -i, and goes on with its globals", function(expect)
    local folder = new_folder()
    spew(folder .. "/s.lua", "y = 'from ' .. ... local hidden = 1")
    local t <close> = new_prompt(expect, 80, 10, { home = folder, args = "-i s.lua script" })
    expect(t.answer "y, hidden", "from script\tnil")
    t.type "\4"
    t.see(expect, "left: 0\nicanon")
    os.execute("rm -rf " .. folder)
  end, 60)

  it("keeps top-level locals, and says when one shadows a global", function(expect)
    local t <close> = new_prompt(expect, 80, 24)
    expect(t.answer "local n, m = 1, 2", "")
    expect(t.answer "local function up() n = n + 1 return n end", "")
    expect(t.answer "up(), up(), n, m", "2\t3\t3\t2")
    expect(t.answer "local n = 10", "")
    expect(t.answer "n, up()", "10\t4")
    expect(t.answer "local c <const> = 7; return c", "7")
    expect(t.answer "c = 8", "stdin:1: attempt to assign to const variable 'c'")
    expect(t.answer "do local inner = 1 end return inner", "nil")
    expect(t.answer "local print = print", "local 'print' shadows the global of that name")
    expect(t.answer "local f <close> = setmetatable({}, { __close = function() print 'closed' end })",
      "local 'f' <close> is closed at the end of this statement\nclosed")
    expect(t.answer "f", "nil")
    expect(t.answer "local gone = error 'x'; local never = 1":match "^[^\n]*", "stdin:1: x")
    expect(t.answer "gone, never", "nil\tnil")
  end, 60)
end)

local TICKER <const> = "a = poe.spawn { _start = function() KERNEL:alias_set 'a' end, "
  .. "say = function(...) print(...) end, fail = function() error 'failed' end, "
  .. "add = function(x, y) poe.sleep(0.05) return x + y end, "
  .. "tick = function(n) print('tick ' .. n) if n > 1 then KERNEL:delay('tick', 0.01, n - 1) end end }"

describe("the kernel behind the prompt", function()
  it("prints above the line, which is whole", function(expect)
    local folder = new_folder()
    spew(folder .. "/s.lua", TICKER .. [[
      function ticks() state(SESSION, "x", function() post("a", "tick", 5) end) KERNEL:delay("x", 0.3) end
      function part()
        io.stderr:write "part"
        state(SESSION, "y", function() io.write "no end" io.flush() end)
        KERNEL:delay("y", 0.3)
      end ]])
    for _, columns in ipairs { 20, 80, 200 } do
      local t <close> = new_prompt(expect, columns, 30, { home = folder, args = "-i s.lua" })
      t.type "\12ticks()\r"
      t.see(expect, "\n>")
      t.type "'half a lin"
      t.see(expect, "tick 1\n> 'half a lin")
      expect.match((t.screen()), "tick 5\ntick 4\ntick 3\ntick 2\ntick 1\n> 'half a lin$")
      t.type "e 中文'\r"
      t.see(expect, "\nhalf a line 中文\n>")
      t.type "\12part()\r"
      t.see(expect, "\npart\n>")
      t.type "abc"
      t.see(expect, "no end\n> abc")
      -- longer than a row
      t.type(" " .. ("x"):rep(columns))
      t.see(expect, "x\nxx")
      t.type "\21ticks()\r"
      t.see(expect, "> ticks()\n>")
      t.type(("y"):rep(columns))
      t.see(expect, "tick 1\n> yyyy")
      expect.match((t.screen()), "tick 2\ntick 1\n> " .. ("y"):rep(columns - 2) .. "\nyy$")
    end
    os.execute("rm -rf " .. folder)
  end, 90)

  it("waits in a line, which Ctrl-C cancels", function(expect)
    local t <close> = new_prompt(expect, 80, 24)
    t.run(TICKER, "\n>")
    expect(t.answer "= poe.ask('a', 'add', 20, 22)", "42")
    expect(t.answer "local sum = poe.ask('a', 'add', 1, 2) poe.sleep(0) print(sum)", "3")
    t.type "\12poe.wait 'never'\r"
    t.see(expect, "poe.wait 'never'")
    os.execute "sleep 0.2"
    t.type "\3"
    t.see(expect, "^Ccanceled\n>")
    t.type "\12local d <close> = setmetatable({}, { __close = function() print 'closed' end }) poe.sleep(1e9)\r"
    t.see(expect, "this statement")
    os.execute "sleep 0.2"
    t.type "\3"
    t.see(expect, "closed\ncanceled\n>")
    expect(t.answer "SESSION:ID(), STATE", "2\tpoe.prompt.line")
  end, 60)

  it("interrupts endless loops, here and in other sessions, while a line is edited", function(expect)
    local t <close> = new_prompt(expect, 80, 24)
    t.type "\12while true do end\r"
    t.see(expect, "do end")
    os.execute "sleep 1.3" -- longer than what the watchdog would tell of
    t.type "\3"
    t.see(expect, "^Cinterrupted!\nstack traceback:\n        stdin:1: in main chunk\n>")
    expect(t.screen():find "has been running", nil)
    t.type "\12b = poe.spawn { _start = function() KERNEL:delay('hang', 0.2) end, hang = function() print 'hangs' while true do end end }\r"
    t.see(expect, "hangs")
    t.type "1 +"
    os.execute "sleep 0.2"
    t.type "\3"
    t.see(expect, "event 'hang': interrupted!")
    t.see(expect, "\n> 1 +")
    t.type "\3"
    t.see(expect, "> 1 +^C\n>")
    expect(t.answer "'alive'", "alive")
  end, 60)

  it("clears the line with Ctrl-C, then says how to leave, and Ctrl-D leaves", function(expect)
    local t <close> = new_prompt(expect, 80, 24)
    t.run("poe.spawn { _start = function() KERNEL:alias_set 'stays' KERNEL:delay('never', 1e6) end, "
      .. "_stop = function() print 'stopped' end }", "\n>")
    t.type "\12some words"
    t.see(expect, "> some words")
    t.type "\3"
    t.see(expect, "> some words^C\n>")
    t.type "\3"
    t.see(expect, "> ^C\nCtrl-D or os.exit() leaves\n>")
    t.type "for i = 1, 2 do\r"
    t.see(expect, ">>")
    t.type "print("
    t.see(expect, ">> print(")
    t.type "\3"
    t.see(expect, ">> print(^C\n>")
    t.type "\4"
    t.see(expect, "stopped\n\nleft: 0\nicanon")
  end, 60)

  it("has Ctrl-C to itself with --why, and QUIT still tells", function(expect)
    local t <close> = new_prompt(expect, 80, 24, { args = "--why" })
    t.type "abc"
    t.see(expect, "> abc")
    t.type "\3"
    t.see(expect, "> abc^C\n>")
    t.type "pipe = io.popen('sleep 0.3; kill -QUIT ' .. poe.pid())\r" -- os.execute would ignore it
    t.see(expect, "session 2: ")
    expect(t.answer "'alive'", "alive")
  end, 60)

  it("outlives errors that nobody handles, of its own children and of others", function(expect)
    local folder = new_folder()
    spew(folder .. "/s.lua", [[
      poe.spawn { _start = function() KERNEL:alias_set "mine" end,
        _stop = function() print "mine has stopped" end,
        fail = function() error "of the script" end } ]])
    local t <close> = new_prompt(expect, 100, 24, { home = folder, args = "-i s.lua" })
    t.run(TICKER, "\n>")
    t.type "\12post('a', 'fail')\r"
    t.see(expect, "session 4, event 'fail': stdin:1: failed\nstack traceback:")
    t.type "\12post('mine', 'fail')\r"
    t.see(expect, "session 2, event 'fail': s.lua:3: of the script\nstack traceback:")
    t.type "\12yield 'x' state(SESSION, 'x', function() local y = nil; y() end)\r"
    t.see(expect, "session of the prompt, event 'x': stdin:1: attempt to call a nil value (local 'y')")
    expect.match(t.answer "#{ KERNEL:alias_resolve 'mine', KERNEL:alias_resolve 'a' }", "2")
    os.execute("rm -rf " .. folder)
  end, 60)

  it("ends with os.exit, from a timer too, and the terminal is as it was", function(expect)
    local t <close> = new_prompt(expect, 80, 24)
    t.type "KERNEL:delay('quit', 0.1) state(SESSION, 'quit', function() os.exit(3) end)\r"
    t.see(expect, "left: 3\nicanon")
  end, 60)
end)

describe("sessions at the prompt", function()
  it("stay until they are forgotten", function(expect)
    local t <close> = new_prompt(expect, 80, 24)
    t.run("s = poe.spawn { _start = function() end, _stop = function() print('stop ' .. SESSION:ID()) end }", "\n>")
    expect(t.answer "s, KERNEL:ID_id_to_session(3) == s", "session 3\ttrue")
    t.type "\12forget(s)\r"
    t.see(expect, "stop 3\n>")
    expect.match(t.answer "forget(3)", "^forget: there is no session 3\n")
    expect.match(t.answer "forget('none')", '^forget: there is no session "none"\n')
    expect.match(t.answer "forget(SESSION)", "^forget: session 2 is not held by the prompt\n")
    expect.match(t.answer "forget()", "^bad argument #1 to 'forget' %(session, ID or alias expected, got no value%)\n")
  end, 60)

  it("get states from definitions, which replace each other, and keep their heap", function(expect)
    local t <close> = new_prompt(expect, 80, 24)
    t.run("s = poe.spawn { _start = function() HEAP.n = 1 KERNEL:alias_set 's' end }", "\n>")
    t.run("function ping(n) HEAP.n = HEAP.n + n return 'first', HEAP.n end", "\n>")
    expect(t.answer "state(s, 'ping', ping)", "true")
    expect(t.answer "call(s, 'ping', 10)", "first\t11")
    expect(t.answer "function ping(n) HEAP.n = HEAP.n * n return 'second', HEAP.n end",
      "state 'ping' of session 3 is the new ping")
    expect(t.answer "poe.ask('s', 'ping', 2)", "second\t22")
    expect(t.answer "state('s', 'ping', function() return 'third' end)", "true")
    expect(t.answer "call(s, 'ping')", "third")
    expect(t.answer "function ping() return 'not any more' end", "")
    expect(t.answer "call(s, 'ping')", "third")
    expect(t.answer "state('s', 'ping', nil)", "true")
    expect.match(t.answer "call(s, 'ping')", "has no handler for event 'ping'")
    expect.match(t.answer "state(s, 'ping', 5)", "^bad argument #3 to 'state' %(function expected, got number%)\n")
  end, 60)

  it("see the prompt's session as SESSION: yield, timers and HEAP are its own", function(expect)
    local t <close> = new_prompt(expect, 80, 24)
    t.run("HEAP.x = 'in the heap'", "\n>")
    t.run("function show(v) print('shown', HEAP.x, v) end", "\n>")
    t.run("state(SESSION, 'show', show)", "true")
    t.run("yield('show', 1)", "shown   in the heap     1")
    t.type "\12= KERNEL:delay_set('show', 0.05, 'later') ~= nil\r"
    t.see(expect, "later")
  end, 60)
end)

describe("editing at the prompt", function()
  it("keeps the history on disk, private and once each, also for the next prompt and one beside it", function(expect)
    local folder = new_folder()
    local path = folder .. "/poe/history"
    do
      local t <close> = new_prompt(expect, 80, 24, { home = folder })
      t.run("first = 1", "\n>")
      t.type "for i = 1, 1 do\rprint(i)\rend\r"
      t.see(expect, "end\n1\n>")
      t.run("second = 2", "\n>")
      local other <close> = new_prompt(expect, 80, 24, { home = folder })
      other.run("beside = 3", "beside = 3\n>")
      t.run("first = 1", "\n> first = 1\n>")
      t.type "\16\16\16\16\r" -- up: the multi-line entry, as one
      t.see(expect, "print(i)\nend\n1\n>")
    end
    expect(slurp(path), "first = 1\nfor i = 1, 1 do\\\nprint(i)\\\nend\nsecond = 2\nbeside = 3\nfirst = 1\n"
      .. "for i = 1, 1 do\\\nprint(i)\\\nend\n")
    expect(io.popen("stat -c '%a' " .. path .. " " .. folder .. "/poe"):read "a", "600\n700\n")
    local t <close> = new_prompt(expect, 80, 24, { home = folder })
    t.type "\18bes" -- Ctrl-R
    t.see(expect, "(reverse-i-search)`bes': beside = 3")
    t.type "\r"
    t.type "\12\16\16\16\16"
    t.see(expect, "> second = 2")
    os.execute("rm -rf " .. folder)
  end, 60)

  it("says once when there is no place for the history, and works", function(expect)
    local folder = new_folder()
    spew(folder .. "/poe", "a file")
    local t <close> = new_prompt(expect, 80, 24, { home = folder })
    t.type "1 + 1\r"
    t.see(expect, "2\n>")
    t.type "2 + 2\r"
    t.see(expect, "4\n>")
    expect(select(2, t.screen():gsub("the history", "")), 1)
    os.execute("rm -rf " .. folder)
  end, 60)

  it("takes a paste as one statement, also of 10,000 lines and with bytes that are no UTF-8", function(expect)
    local t <close> = new_prompt(expect, 80, 24)
    t.tmux "set-buffer 'for i = 1, 2 do\n\tprint(\"pasted\", i)\nend'"
    t.tmux "paste-buffer -p"
    t.see(expect, "end")
    t.type "\r"
    t.see(expect, "pasted  1\npasted  2\n>")
    local path = t.folder .. "/big"
    local lines = { "t = {" }
    for i = 1, 9998 do lines[#lines + 1] = ("  %d,"):format(i) end
    lines[#lines + 1] = "}"
    spew(path, table.concat(lines, "\n"))
    t.tmux("load-buffer " .. path)
    t.tmux "paste-buffer -p"
    t.see(expect, "9998,\n}", 60)
    t.type "\r"
    t.see(expect, "}\n>", 60)
    expect(t.answer "#t, t[9998]", "9998\t9998")
    t.type "\12#'a\xff\xfeb\xc3'\r"
    t.see(expect, "\n5\n>")
    expect(t.answer "'caf\u{e9}', '\\xff\\27'", 'caf\u{e9}\t"\\xFF\\27"')
  end, 120)

  it("completes globals, fields, methods, locals, aliases, events and files", function(expect)
    local t <close> = new_prompt(expect, 80, 24)
    t.run(TICKER, "\n>")
    local function completes(typed, wanted)
      t.type("\12\21" .. typed .. "\t")
      t.see(expect, "> " .. wanted)
    end
    completes("setmeta", "setmetatable")
    completes("string.for", "string.format")
    completes("KERNEL:delay_a", "KERNEL:delay_ad")
    completes("SESSION:postb", "SESSION:postback")
    completes("poe.wheel.ReadW", "poe.wheel.ReadWrite")
    completes("poe.wheel.ReadWrite.n", "poe.wheel.ReadWrite.new")
    completes("coll", "collectgarbage")
    t.run("\21local my_own_local = { inner = { deepest = 1 } }", "\n>")
    completes("my_ow", "my_own_local")
    completes("my_own_local.inner.dee", "my_own_local.inner.deepest")
    t.run("\21KERNEL:alias_set 'prompt_alias'", "true")
    completes('post("prompt_', 'post("prompt_alias')
    completes('post("a", "ti', 'post("a", "tick')
    completes("call(a, 'fa", "call(a, 'fail")
    spew(t.folder .. "/some_file.lua", "")
    os.execute("mkdir " .. t.folder .. "/folder")
    spew(t.folder .. "/folder/inside.lua", "")
    completes('dofile("some_', 'dofile("some_file.lua')
    completes('dofile("fol', 'dofile("folder/')
    completes('dofile("folder/', 'dofile("folder/inside.lua')
    t.type '\12\21post("a", "\t\t'
    t.see(expect, "add   fail  say   tick")
    -- what it looks at runs nothing of the program's
    t.run("\21trap = setmetatable({}, { __index = function() print 'trapped' end })", "\n>")
    t.type "\12\21trap.x\t\t"
    t.see(expect, "> trap.x")
    expect(t.screen():find "trapped", nil)
  end, 90)

  it("follows the window's size", function(expect)
    local t <close> = new_prompt(expect, 40, 20)
    t.type "\12'a line that is rather longer than the'"
    t.see(expect, "> 'a line that is rather longer than the\n'")
    t.tmux "resize-window -x 60 -y 20"
    t.see(expect, "> 'a line that is rather longer than the'")
    t.tmux "resize-window -x 20 -y 20"
    t.type " .. '!'\r"
    t.see(expect, "than the!\n>")
  end, 60)

  it("has colours where the terminal has them and NO_COLOR is not set", function(expect)
    for env, coloured in pairs { ["NO_COLOR= TERM=screen"] = true, ["NO_COLOR=1 TERM=screen"] = false,
        ["NO_COLOR= TERM=vt100"] = false } do
      local t <close> = new_prompt(expect, 80, 10, { env = env })
      t.run("error 'x'", "stack traceback")
      local escaped = t.tmux "capture-pane -p -e"
      expect(escaped:find("\27[31m", 1, true) ~= nil, coloured, env)
    end
  end, 60)

  it("is a plain one where nothing can be edited", function(expect)
    local t <close> = new_prompt(expect, 80, 10, { env = "TERM=dumb" })
    t.run("= 6 * 7", "\n42\n>")
    expect(t.answer and t.run("ps", "nil"), "\n>")
  end, 60)
end)

describe("looking around at the prompt", function()
  it("shows tables that fit, at any width", function(expect)
    for _, columns in ipairs { 20, 80, 200 } do
      local t <close> = new_prompt(expect, columns, 30)
      t.run(TICKER, "\n>")
      t.run("KERNEL:delay_set('much_later', 1000)", "\n>")
      for _, name in ipairs { "ps", "timers", "queue", "handles", "tree" } do
        local lines = t.answer(name .. "()")
        expect(#lines > 0, true, name)
        for line in lines:gmatch "[^\n]+" do
          expect(utf8.len(line) <= columns, true, name .. ": " .. line)
        end
      end
      expect.match(t.answer "ps()", columns == 20 and "^ID\tALIASES"
        or "^ID\tALIASES\tPARENT\tQUEUED\tHANDLED%s+TIME\tALIVE FOR")
      expect.match(t.answer "ps()", "\n +3\ta")
      expect.match(t.answer "tree()", "^kernel\n└─ session 2\n   └─ session 3 %(a")
      expect.match(t.answer "timers()", "much_")
    end
  end, 90)

  it("pages what is long", function(expect)
    local t <close> = new_prompt(expect, 60, 10)
    t.type "\12t = {} for i = 1, 50 do t['key' .. i] = 'a rather long value, so that one fits a line ' .. i end\r"
    t.see(expect, "\n>")
    t.type "\12t\r"
    t.see(expect, "-- more --")
    t.type " "
    t.see(expect, "key18")
    t.type "q"
    t.see(expect, "\n>")
    expect(t.answer "'back'", "back")
    t.type "\12t\r"
    t.see(expect, "-- more --")
    t.type "\3"
    t.see(expect, "canceled\n>")
    expect(t.answer "'again'", "again")
  end, 60)

  it("refreshes top until q", function(expect)
    local t <close> = new_prompt(expect, 80, 12)
    t.run(TICKER, "\n>")
    t.run("post('a', 'tick', 1)", "tick 1")
    t.type "top()\r"
    t.see(expect, "q leaves\nID  ALIASES")
    t.type "x"
    t.see(expect, "q leaves")
    t.type "q"
    t.see(expect, "\n>")
    expect(t.answer "'left'", "left")
  end, 60)

  it("helps with every public name, and with a session's states", function(expect)
    local t <close> = new_prompt(expect, 100, 40)
    t.run(TICKER, "\n>")
    expect.match(t.answer "help(post)", "^post%(session, event, %.%.%.%)")
    expect.match(t.answer "help 'a'", "^session 3 %(a%): states\n +_start")
    t.type "\12help()\r"
    t.see(expect, "names: ")
  end, 60)

  it("traces a session or all", function(expect)
    local t <close> = new_prompt(expect, 100, 30)
    t.run(TICKER, "\n>")
    t.type "\12trace(a)\r"
    t.see(expect, "\n>")
    t.type "post('a', 'say', 'hello')\r"
    t.see(expect, "'say'")
    t.type "\12untrace()\r"
    t.see(expect, "\n>")
    expect.match(t.answer "post('a', 'say', 'hello')", "true\nhello")
    -- telling of the prompt's own doings comes to an end
    t.type "\12trace 'ev,ti,si,rc,fh'\r"
    t.see(expect, "\n>")
    t.type "abc"
    t.see(expect, "\n> abc")
    local before = t.screen()
    os.execute "sleep 0.3"
    expect((t.screen()), before)
    t.type "\21untrace()\r"
    os.execute "sleep 0.3"
    expect(t.answer "'quiet'", "quiet")
  end, 60)
end)
