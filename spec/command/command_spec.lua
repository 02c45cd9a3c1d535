--- poe is a faithful lua: the same arguments give the same output, errors and exit status.
---
---     lua5.4 spec/command/command_spec.lua build/release/poe [PATTERN]
---
--- Each case runs under lua5.4 (LUA names another) and under poe, each time in an empty
--- folder of its own, and compares what came out once the program's name is made the same.
--- PATTERN keeps the cases whose name it matches.  What only poe can do stands at the end,
--- with what is expected.  A case is:
---
---     { NAME, args = LIST | sh = SCRIPT, main = TEXT, files = {}, stdin = TEXT, env = {},
---       only = FUNCTION, expect = { status, stdout, stderr } }
---
--- `main` is the text of main.lua, which is what runs when nothing else is said; `sh` runs
--- "$PROG" itself; `only` cuts a result down to what is promised; `expect` makes the case
--- poe's own, with Lua patterns for the two outputs.

local TIME_LIMIT = 20  -- seconds, for one run of one case

-- What the caller's environment must not decide.
local VARIABLES = {
  "LUA_INIT", "LUA_INIT_5_4", "LUA_PATH", "LUA_PATH_5_4", "LUA_CPATH", "LUA_CPATH_5_4",
}

local cases = {}

local function describe(list)
  for _, case in ipairs(list) do cases[#cases + 1] = case end
end

------------------------------------------------------------------------------------------
-- What a case may cut a result down to

local function first_line(text)
  return text:match "^[^\n]*"
end

local function error_first_line(result)
  result.stderr = first_line(result.stderr)
end

--- The complaint and the usage's first line; the options listed below it are each program's.
local function error_two_lines(result)
  result.stderr = result.stderr:match "^[^\n]*\n[^\n]*" or result.stderr
end

local function whether_stdout(result)
  result.stdout = result.stdout ~= "" and "something" or ""
end

--- A session at the prompt, without the banner, the prompts, and the input that a program
--- with readline prints again.
local function after_banner(result, case)
  local text = result.stdout:gsub("^[^\n]*\n", "", 1)
  local from = 1
  for line in case.stdin:gmatch "[^\n]+" do
    for _, prompt in ipairs { ">> ", "> " } do
      local first, last = text:find(prompt .. line .. "\n", from, true)
      if first then
        text = text:sub(1, first - 1) .. text:sub(last + 1)
        from = first
        break
      end
    end
  end
  result.stdout = text:gsub(">+ ", "")
end

--- The same where lua 5.4.4 prints a message it has not got.
local function after_banner_without_stderr(result, case)
  after_banner(result, case)
  result.stderr = nil
end

------------------------------------------------------------------------------------------
-- The cases

local PRINT_ARG = [[
for i = -9, 9 do
  if arg[i] ~= nil then print(i, arg[i]) end
end
print("#", #arg, "...", ...)
]]

describe {
  { "-e runs a statement", args = { "-e", "print(1 + 1)" } },
  { "-e takes its statement in the same argument", args = { "-eprint('joined')" } },
  { "several -e run in order and share globals",
    args = { "-e", "x = 1", "-e", "x = x + 1", "-e", "print(x)" } },
  { "several -e share no locals", args = { "-e", "local x = 1", "-e", "print(x)" } },
  { "-e with an empty statement", args = { "-e", "" } },
  { "-e with several lines", args = { "-e", "print(1)\nprint(2)\nerror('third', 1)" } },
  { "-e before a script runs before it", args = { "-e", "x = 'set'", "main.lua" },
    main = "print(x)" },
  { "-e that fails keeps the next from running",
    args = { "-e", "error 'no'", "-e", "print(2)" } },
  { "-e that fails keeps the script from running", args = { "-e", "error 'no'", "main.lua" },
    main = "print 'ran'" },
  { "-e does not read standard input", args = { "-e", "print(1)" }, stdin = "print(2)" },
  { "-e gets no arguments", args = { "-e", "print(...)", "main.lua", "a" },
    main = "print(...)" },
  { "-e without a statement", args = { "-e" }, only = error_two_lines },
  { "-e before another option", args = { "-e", "-v" }, only = error_two_lines },

  { "-l requires a module into a global of its name", args = { "-l", "m", "-e", "print(m.x)" },
    env = { LUA_PATH = "./?.lua" }, files = { ["m.lua"] = "return { x = 5 }" } },
  { "-l takes the module in the same argument", args = { "-lm", "-e", "print(m.x)" },
    env = { LUA_PATH = "./?.lua" }, files = { ["m.lua"] = "return { x = 6 }" } },
  { "-l g=mod names the global", args = { "-l", "g=m", "-e", "print(g.x, m)" },
    env = { LUA_PATH = "./?.lua" }, files = { ["m.lua"] = "return { x = 7 }" } },
  { "-l with a module in a package", args = { "-l", "a.b", "-e", "print(_G['a.b'], a)" },
    env = { LUA_PATH = "./?.lua" }, files = { ["a/b.lua"] = "return 'b of a'" } },
  { "-l passes name and file to the module", args = { "-l", "m", "-e", "" },
    env = { LUA_PATH = "./?.lua" }, files = { ["m.lua"] = "print(...)" } },
  { "-l with a standard library", args = { "-l", "s=string", "-e", "print(s == string)" } },
  { "-l and -e run in the order given",
    args = { "-e", "print(1)", "-l", "m", "-e", "print(3)" },
    env = { LUA_PATH = "./?.lua" }, files = { ["m.lua"] = "print(2)" } },
  { "-l alone still runs standard input", args = { "-l", "m" }, stdin = "print(m)",
    env = { LUA_PATH = "./?.lua" }, files = { ["m.lua"] = "return 8" } },
  { "-l with a module that is not there", args = { "-l", "no_such_module", "-e", "print(1)" },
    only = error_first_line },
  { "-l with a module that has a syntax error", args = { "-l", "m" },
    env = { LUA_PATH = "./?.lua" }, files = { ["m.lua"] = "x = = 1" } },
  { "-l with a module that raises", args = { "-l", "m" },
    env = { LUA_PATH = "./?.lua" }, files = { ["m.lua"] = "error 'cannot'" } },
  { "-l without a module", args = { "-l" }, only = error_two_lines },

  { "-v prints the version", args = { "-v" }, only = whether_stdout },
  { "-v before -e", args = { "-v", "-e", "print(1)" }, only = whether_stdout },
  { "-v does not read standard input", args = { "-v" }, stdin = "os.exit(9)",
    only = whether_stdout },
  { "-W turns warnings on", args = { "-W", "-e", "warn 'careful'" } },
  { "-W holds from where it stands",
    args = { "-e", "warn '@off' warn 'a'", "-W", "-e", "warn 'b'" } },
  { "-E is taken with other options", args = { "-E", "-W", "-e", "warn 'x' print(1)" } },
  { "-- ends the options", args = { "--", "main.lua", "-v", "--" }, main = PRINT_ARG },
  { "-- makes - a file name", args = { "--", "-" }, stdin = "print 'not this'",
    files = { ["-"] = "print 'the file'" } },
  { "-- alone runs standard input", args = { "--" }, stdin = "print 'from stdin'" },
  { "- runs standard input with arguments", args = { "-", "a", "b" }, stdin = PRINT_ARG },
  { "- after -e", args = { "-e", "x = 1", "-", "y" }, stdin = "print(x, ...)" },
  { "no argument runs standard input", args = {}, stdin = "print('piped', ...)" },
  { "no argument and an empty standard input", args = {}, stdin = "" },
  { "a shebang line on standard input", args = { "-" },
    stdin = "#!/usr/bin/lua\nprint(1)\nerror()" },
  { "a syntax error on standard input", args = { "-" }, stdin = "print(1\n\nprint" },
  { "a runtime error on standard input", args = {}, stdin = "local t\nprint(t.x)" },
  { "the script's own options are left alone",
    args = { "main.lua", "-e", "print(1)", "-x", "--", "-" }, main = PRINT_ARG },

  { "an unknown option", args = { "-x" }, only = error_two_lines },
  { "an unknown option after good ones", args = { "-e", "print(1)", "-q" },
    only = error_two_lines },
  { "an option with something behind it: -vx", args = { "-vx" }, only = error_two_lines },
  { "an option with something behind it: -Ex", args = { "-Ex" }, only = error_two_lines },
  { "an option with something behind it: -Wx", args = { "-Wx" }, only = error_two_lines },
  { "an option with something behind it: -ix", args = { "-ix" }, only = error_two_lines },
  { "an unknown option keeps the script from running", args = { "-x", "main.lua" },
    main = "print 'ran'", only = error_two_lines },
}

-- The prompt.  Standard input is no terminal, so -i has to ask for it.
describe {
  { "-i prints the values of expressions", args = { "-i" }, stdin = "1 + 1\n'a', nil, true\n",
    only = after_banner },
  { "-i takes = before an expression", args = { "-i" }, stdin = "=2 * 3\n= 'x'\n",
    only = after_banner },
  { "-i reads on while a statement is incomplete", args = { "-i" },
    stdin = "for i = 1, 2 do\nprint(i)\nend\nreturn [[a\nb]]\n", only = after_banner },
  { "-i goes on after an error", args = { "-i" }, only = after_banner,
    stdin = "error('x')\nx = = 1\nlocal t; t.y = 1\nerror({})\nerror()\nprint 'still here'\n" },
  { "-i forgets locals and keeps globals", args = { "-i" },
    stdin = "local a = 1; b = 2\na, b\n", only = after_banner },
  { "-i ends with the input, without a newline", args = { "-i" }, stdin = "print(1)",
    only = after_banner },
  { "-i ends in the middle of a statement", args = { "-i" }, stdin = "if true then\n",
    only = after_banner_without_stderr },
  { "-i exits with the status of os.exit", args = { "-i" },
    stdin = "print(1)\nos.exit(4)\nprint(2)\n", only = after_banner },
  { "-i comes after the script", args = { "-i", "main.lua", "a" }, stdin = "x, arg[1]\n",
    main = "x = 'of the script' print(...)", only = after_banner },
  { "-i comes after -e", args = { "-e", "x = 1", "-i" }, stdin = "x\n", only = after_banner },
  { "-i is not reached when the script fails", args = { "-i", "main.lua" },
    stdin = "print(1)\n", main = "error 'no prompt'", only = after_banner },
  { "-i prints through the global print", args = { "-i" }, only = after_banner,
    stdin = "function print(...) io.write('mine: ', tostring((...)), '\\n') end\n42\n" },
  { "-i says so when print fails", args = { "-i" }, stdin = "print = nil\n42\n",
    only = after_banner },
}

describe {
  { "LUA_INIT is run first", args = { "-e", "print 'then'" },
    env = { LUA_INIT = "print 'first'" } },
  { "LUA_INIT_5_4 comes before LUA_INIT", args = { "-e", "print 'then'" },
    env = { LUA_INIT = "print 'wrong'", LUA_INIT_5_4 = "print 'right'" } },
  { "LUA_INIT=@file runs a file", args = { "-e", "print(x)" }, env = { LUA_INIT = "@init.lua" },
    files = { ["init.lua"] = "x = 'from the file' print(...)" } },
  { "LUA_INIT=@file that is not there", args = { "-e", "print(1)" },
    env = { LUA_INIT = "@none.lua" } },
  { "LUA_INIT with a syntax error", args = { "-e", "print(1)" }, env = { LUA_INIT = "x = " } },
  { "LUA_INIT_5_4 with a runtime error", args = { "-e", "print(1)" },
    env = { LUA_INIT_5_4 = "local function f() error 'init' end f()" } },
  { "LUA_INIT is empty", args = { "-e", "print(1)" }, env = { LUA_INIT = "" } },
  { "LUA_INIT sees arg", args = { "main.lua", "a" },
    env = { LUA_INIT = "print(arg[0], arg[1], ...)" }, main = "" },
  { "LUA_INIT comes before -l", args = { "-l", "m" }, stdin = "",
    env = { LUA_INIT = "package.preload.m = function() print 'preloaded' end" } },
  { "LUA_INIT may change the warnings", args = { "-e", "warn 'b'" },
    env = { LUA_INIT = "warn '@on' warn 'a' warn '@off'" } },
  { "-E ignores LUA_INIT", args = { "-E", "-e", "print 'only this'" },
    env = { LUA_INIT = "print 'wrong'", LUA_INIT_5_4 = "print 'wrong'" } },

  { "LUA_PATH finds modules", args = { "-e", "print(require 'm')" },
    env = { LUA_PATH = "mods/?.lua" }, files = { ["mods/m.lua"] = "return (...)" } },
  { "LUA_PATH is package.path", args = { "-e", "print(package.path)" },
    env = { LUA_PATH = "./?.first;./?.second" } },
  { "LUA_PATH_5_4 comes before LUA_PATH", args = { "-e", "print(package.path)" },
    env = { LUA_PATH = "./?.wrong", LUA_PATH_5_4 = "./?.right" } },
  { "LUA_PATH with ;; keeps the default path",
    args = { "-l", "m", "-e", "print(m, #package.path > 20)" },
    env = { LUA_PATH = "mods/?.lua;;" }, files = { ["mods/m.lua"] = "return 'found'" } },
  { "the default path has the current folder", args = { "-e", "print(require 'm')" },
    files = { ["m.lua"] = "return 'here'" } },
  { "the default path has init.lua", args = { "-e", "print(require 'm')" },
    files = { ["m/init.lua"] = "return 'init'" } },
  { "the default path", args = { "-e", "print(package.path)" } },
  { "the default cpath", args = { "-e", "print(package.cpath)" } },
  { "LUA_CPATH is package.cpath", args = { "-e", "print(package.cpath)" },
    env = { LUA_CPATH = "./?.one" } },
  { "LUA_CPATH_5_4 comes before LUA_CPATH", args = { "-e", "print(package.cpath)" },
    env = { LUA_CPATH = "./?.wrong", LUA_CPATH_5_4 = "./?.right" } },
  { "-E ignores the paths", args = { "-E", "-e", "print(package.path, package.cpath)" },
    env = { LUA_PATH = "./?.a", LUA_PATH_5_4 = "./?.b", LUA_CPATH = "./?.c",
      LUA_CPATH_5_4 = "./?.d" } },
  { "require tells where it looked", args = { "-e", "require 'no.such'" },
    env = { LUA_PATH = "./?.l", LUA_CPATH = "./?.c" } },
  { "a shared object that is none", args = { "-e", "require 'm'" }, only = error_first_line,
    env = { LUA_PATH = "", LUA_CPATH = "./?.so" }, files = { ["m.so"] = "no ELF" } },
}

describe {
  { "arg holds the arguments", args = { "main.lua", "a", "b c", "" }, main = PRINT_ARG },
  { "arg holds the options at negative indices",
    args = { "-e", "x = 1", "-W", "main.lua", "a" }, main = PRINT_ARG },
  { "arg without a script", args = { "-e", "for i = -3, 3 do print(i, arg[i]) end" } },
  { "arg may be changed before the script",
    args = { "-e", "arg[1] = 'new' arg[2] = 'more'", "main.lua", "old" }, main = "print(...)" },
  { "arg is no table", args = { "-e", "arg = nil", "main.lua" }, main = "print(1)" },
  { "... holds many arguments", sh = [["$PROG" main.lua $(seq 1 3000)]],
    main = "print(select('#', ...), (select(3000, ...)))" },
  { "arguments are bytes", args = { "main.lua", "\u{e9}\xff\x01\n", "'\"$x" },
    main = "for _, a in ipairs(arg) do print(#a, a) end" },

  { "a shebang line is skipped", main = "#!/usr/bin/env lua5.4\nprint 'ran'\nerror 'line 3'" },
  { "a shebang line is all there is", main = "#!/bin/lua" },
  { "a byte order mark is skipped", main = "\xEF\xBB\xBFprint 'marked'" },
  { "a byte order mark before a shebang line",
    main = "\xEF\xBB\xBF#!/bin/lua\nprint 'marked'" },
  { "half a byte order mark", main = "\xEF\xBBprint(1)" },
  { "lines that end with CR LF",
    main = "print(1)\r\nlocal s = [[a\r\nb]]\r\nprint(#s)\r\nerror 'four'" },
  { "an empty script", main = "" },
  { "a script of comments", main = "-- nothing\n--[[ more ]]" },
  { "a script that returns values", main = "return 1, 'x'" },
  { "a script that is not there", args = { "none.lua", "a" } },
  { "a script with an empty name", args = { "" } },
  { "a folder as a script", args = { "folder" }, files = { ["folder/x"] = "" } },
  { "a script in a folder", args = { "sub folder/main.lua" },
    files = { ["sub folder/main.lua"] = "error(arg[0])" } },
  { "a script with a long name is shortened in messages",
    args = { "a_long_folder_name_a_long_folder_name/a_long_script_name_a_long_script_name.lua" },
    files = {
      ["a_long_folder_name_a_long_folder_name/a_long_script_name_a_long_script_name.lua"] =
        "print(debug.getinfo(1, 'S').source)\nerror 'far away'",
    } },
  { "a script's information about itself", main = [[
      local i = debug.getinfo(1, "Slnu")
      print(i.source, i.short_src, i.what, i.currentline, i.isvararg, i.nparams, i.name)]] },
  { "a binary chunk", sh = [["$PROG" dump.lua && "$PROG" chunk.out a b]],
    files = { ["dump.lua"] = [[
      local f = assert(io.open("chunk.out", "wb"))
      f:write(string.dump(assert(load("print('binary', ...) error('positioned')", "=chunk"))))
      f:close()]] } },
  { "a binary chunk without debug information", sh = [["$PROG" dump.lua && "$PROG" chunk.out]],
    files = { ["dump.lua"] = [[
      local f = assert(io.open("chunk.out", "wb"))
      f:write(string.dump(assert(load("local t = nil; t.x = 1", "=chunk")), true))
      f:close()]] } },
  { "a truncated binary chunk", args = { "chunk.out" },
    files = { ["chunk.out"] = "\27Lua\x54\0" } },
  { "a binary chunk of another version", args = { "chunk.out" },
    files = { ["chunk.out"] = "\27Lua\x53\0" } },
  { "dofile and loadfile", files = {
      ["main.lua"] = "print(dofile 'a.lua') print(loadfile 'none.lua') dofile 'b.lua'",
      ["a.lua"] = "return 1, 2", ["b.lua"] = "error 'in b'",
    } },
}

describe {
  { "a syntax error near the end", main = "if x then\nprint(1)\n" },
  { "a syntax error in -e", args = { "-e", "print(" } },
  { "a syntax error at a symbol", main = "x = 1\ny = + * 2" },
  { "an unfinished string", main = "x = 'abc\ny = 1" },
  { "an unfinished long string", main = "x = [[abc\n\n" },
  { "a goto without a label", main = "do goto nowhere end" },
  { "an assignment to a constant", main = "local x <const> = 1; x = 2" },
  { "too many levels of nesting", only = error_first_line,
    main = "return " .. ("("):rep(400) .. "1" .. (")"):rep(400) },

  { "an error with a message", main = "print(1)\nerror('boom')\nprint(2)" },
  { "an error with a message, in -e", args = { "-e", "error('boom')" } },
  { "an error of level 0", main = "error('bare', 0)" },
  { "an error of level 2", main = "local function f() error('blame the caller', 2) end\nf()" },
  { "an error of level 2 in the main chunk", main = "error('up', 2)" },
  { "an error with lines in it", main = "error('one\\ntwo\\n')" },
  { "an error with an empty message", args = { "-e", "error('', 0)" } },
  { "an error that is a number", args = { "-e", "error(42)" } },
  { "an error that is nil", args = { "-e", "error()" } },
  { "an error that is a boolean", args = { "-e", "error(false)" } },
  { "an error that is a table", args = { "-e", "error({})" } },
  { "an error that is a table with a name",
    args = { "-e", "error(setmetatable({}, { __name = 'Mine' }))" } },
  { "an error that is a table with __tostring",
    args = { "-e", "error(setmetatable({}, { __tostring = function() return 'told' end }))" } },
  { "an error whose __tostring gives no string",
    args = { "-e", "error(setmetatable({}, { __tostring = function() return 1 end }))" } },
  { "an error whose __tostring raises", only = error_first_line,
    args = { "-e", "error(setmetatable({}, { __tostring = function() error 'again' end }))" } },
  { "an error that is a function", args = { "-e", "error(print)" } },
  { "assert without a message", main = "assert(false)" },
  { "assert with a message", main = "assert(nil, 'was nil')" },
  { "assert of a failed open", main = "assert(io.open 'none')" },
  { "an error in nested functions", main = [[
      local function inner(x) error("deep " .. x) end
      function middle(x) inner(x) end
      local t = {}
      function t.field(x) middle(x) end
      function t:method(x) self.field(x) end
      t:method("down")]] },
  { "an error behind a tail call",
    main = "local function f() error 'tail' end\nlocal function g() return f() end\ng()" },
  { "an error in a deep recursion: the traceback is cut",
    main = "local function f(n)\n  if n == 0 then error 'bottom' end\n  f(n - 1)\nend\nf(60)" },
  { "an error in a metamethod",
    main = "local t = setmetatable({}, { __add = function() error 'sum' end })\nprint(t + 1)" },
  { "an error in an iterator", main = "for x in function() error 'next' end do print(x) end" },
  { "an error in a callback of a C function",
    main = "table.sort({ 3, 2, 1 }, function(a, b) error 'order' end)" },
  { "an error in a required module", env = { LUA_PATH = "./?.lua" },
    files = { ["main.lua"] = "require 'm'", ["m.lua"] = "local x = nil + 1" } },
  { "an error in a coroutine that is wrapped",
    main = "local co = coroutine.wrap(function() error 'inside' end)\nco()" },
  { "an error that is raised again",
    main = "local ok, e = pcall(error, 'first', 0)\nerror(e .. ', again')" },
  { "an error while a variable is closed replaces the first", main = [[
      local x <close> = setmetatable({}, { __close = function() error "from close" end })
      error "from the body"]] },
  { "a variable that is closed gets the error", main = [[
      local x <close> = setmetatable({}, { __close = function(_, e)
        print("closing", (e:match "^[^\n]*"))
      end })
      error "from the body"]] },
  { "a variable of the main chunk gets the error with its traceback", main = [[
      local x <close> = setmetatable({}, { __close = function(_, e) print("closing", e) end })
      error "from the body"]] },
  { "a call of nil", main = "undefined_function(1)" },
  { "a call of a nil method", main = "local s = 'x'\ns:nope()" },
  { "arithmetic on a field", main = "local t = {}\nreturn t.count + 1" },
  { "an index of an upvalue", main = "local up\nlocal function f() return up.x end\nf()" },
  { "a comparison of two types", main = "return 1 < 'x'" },
  { "a concatenation of a table", main = "return 'a' .. {}" },
  { "a division by zero", main = "return 1 // 0" },
  { "a bad argument", main = "('x'):rep({})" },
  { "a stack overflow", only = error_first_line,
    main = "local function f() return 1 + f() end\nf()" },
  { "a stack overflow that is caught", main =
      "local function f() return 1 + f() end\nprint(pcall(f), select(2, pcall(f)):match '^[^\\n]*')" },
  { "an overflow of the C stack", main = [[
      local function f() return (("x"):gsub("x", f)) end
      local ok, e = pcall(f)
      print(ok, e:match "C stack overflow")
      local function g() coroutine.wrap(g)() end
      ok, e = pcall(g)
      print(ok, e:match "C stack overflow")]] },
  { "an overflow of memory",
    main = "print(pcall(string.rep, 'x', 1 << 62)) string.rep('x', 1 << 62)" },
  { "a yield outside of a coroutine", only = error_first_line, main = "coroutine.yield(1)" },
  { "xpcall with a traceback", main =
      "local function f() error 'seen' end\nprint(xpcall(f, debug.traceback))" },
  { "a traceback asked for", main =
      "local function f() print(debug.traceback('here')) end\nf()\nprint(debug.traceback())" },
  { "errors go to stderr unbuffered, in order with print", main =
      "print 'one' io.stderr:write 'two\\n' print 'three' error 'four'",
    sh = [["$PROG" main.lua 2>&1 | sed 's/^[^ :]*: main/PROG: main/']] },
}

describe {
  { "os.exit()", args = { "-e", "os.exit()" } },
  { "os.exit(true)", args = { "-e", "os.exit(true)" } },
  { "os.exit(false)", args = { "-e", "os.exit(false)" } },
  { "os.exit(3)", args = { "-e", "os.exit(3)" } },
  { "os.exit(256 + 7)", args = { "-e", "os.exit(256 + 7)" } },
  { "os.exit(-1)", args = { "-e", "os.exit(-1)" } },
  { "os.exit('x') is an error", args = { "-e", "os.exit('x')" } },
  { "os.exit in a coroutine", args = { "-e", "coroutine.wrap(function() os.exit(5) end)()" } },
  { "os.exit inside pcall", args = { "-e", "pcall(os.exit, 6) print 'not reached'" } },
  { "os.exit writes what is buffered", sh = [["$PROG" main.lua; echo; cat out]], main =
      "io.write 'buffered' io.output 'out' io.write 'in a file' os.exit(0)" },
  { "os.exit does not collect", main =
      "x = setmetatable({}, { __gc = function() print 'collected' end }) os.exit(2)" },
  { "os.exit(n, true) collects", main =
      "x = setmetatable({}, { __gc = function() print 'collected' end }) os.exit(2, true)" },
  { "os.exit(n, true) closes the main chunk's variables", main = [[
      local function closing(name)
        return setmetatable({}, { __close = function() print("closed " .. name) end })
      end
      local a <close> = closing "a"
      local function f()
        local b <close> = closing "b"
        os.exit(false, true)
      end
      f()]] },
  { "os.exit(n, true) in a coroutine closes the main chunk's variables", main = [[
      local a <close> = setmetatable({}, { __close = function() print "closed" end })
      coroutine.wrap(function() os.exit(4, true) end)()]] },
  { "objects are finalized at the end, last first", main = [[
      for i = 1, 3 do
        _G[i] = setmetatable({}, { __gc = function() print("finalized", i) end })
      end
      print "end"]] },
  { "objects are finalized after an error", main =
      "x = setmetatable({}, { __gc = function() io.stderr:write 'finalized\\n' end }) error 'first'" },
  { "main chunk variables are closed before objects are finalized", main = [[
      x = setmetatable({}, { __gc = function() print "finalized" end })
      local y <close> = setmetatable({}, { __close = function() print "closed" end })
      print "end"]] },
  { "an error in __gc at the end is a warning", args = { "-W", "main.lua" }, main =
      "x = setmetatable({}, { __gc = function() error 'in gc' end }) print 'end'" },
  { "an error in __gc goes unseen without warnings", main =
      "warn '@off' x = setmetatable({}, { __gc = function() error 'in gc' end }) print 'end'" },
  { "an error in __gc while running is a warning", args = { "-W", "main.lua" }, main =
      "setmetatable({}, { __gc = function() error 'in gc' end }) collectgarbage() print 'end'" },
  { "an error value without text in __gc", args = { "-W", "main.lua" }, main =
      "x = setmetatable({}, { __gc = function() error({}) end })" },

  { "warn '@on'", args = { "-e", "warn '@on' warn('a', 'b', 'c')" } },
  { "warn '@off'", args = { "-W", "-e", "warn 'a' warn '@off' warn 'b' warn '@on' warn 'c'" } },
  { "warn with an unknown control message",
    args = { "-W", "-e", "warn '@what' warn('@', 'on') warn 'a'" } },
  { "warn with a number and with nothing", args = { "-W", "-e", "warn(1, 2) warn()" } },

  { "print and io.write keep their order",
    args = { "-e", "io.write 'a' print 'b' io.write('c', 1, 2.5, '\\n') print()" } },
  { "print calls __tostring and __name", main = [[
      print(setmetatable({}, { __tostring = function() return "told" end }))
      print((tostring(setmetatable({}, { __name = "Mine" })):gsub("0x%x+", "ADDRESS")))
      print(pcall(print, setmetatable({}, { __tostring = function() return 1 end })))]] },
  { "print with bytes that are no text", args = { "-e", "print('a\\0b', '\\xff')" } },
  { "numbers",
    args = { "-e", "print(1, 1.0, -0.0, 1e100, 1/0, 2^53, 10 // 3, 0x7fffffffffffffff + 1)" } },
  { "a script closes its standard output",
    args = { "-e", "print(io.stdout:close()) print(pcall(io.close)) print 'on'" } },
  { "standard output is closed",
    sh = [["$PROG" -e 'print(1) io.stderr:write(io.type(io.write(2)), "\n")' >&-]] },
  { "standard input is closed", sh = [["$PROG" -e 'print(io.read())' <&-]] },
  { "standard error is closed", sh = [["$PROG" -e 'error "unseen"' 2>&-]] },
  { "standard output is full",
    sh = [["$PROG" -e 'io.write "x" io.stderr:write(select(2, io.stdout:flush()))' >/dev/full]] },
  { "a megabyte through a pipe", sh = [["$PROG" -e 'io.write(("x"):rep(1 << 20))' | wc -c]] },
  { "buffering of standard output", sh = [["$PROG" main.lua 2>&1]], main = [[
      io.write "1 " io.stderr:write "2 " io.stdout:flush()
      io.stdout:setvbuf "no" io.write "3 " io.stderr:write "4 "
      io.stdout:setvbuf "full" io.write "5 " io.stderr:write "6 "]] },

  { "io.read by line",
    args = { "-e", "print(io.read(), io.read 'L', io.read(0), io.read 'l', io.read())" },
    stdin = "one\ntwo\nthree" },
  { "io.read by number, bytes and all", stdin = " 12 0x1F -3.5e1 abcdef\nrest\n",
    args = { "-e", "print(io.read('n', 'n', 'n', 1, 3)) print(io.read 'a', io.read 'a', io.read(1))" } },
  { "io.lines",
    args = { "-e", "for a, b in io.lines() do print(a, b) end for l in io.stdin:lines() do print(l) end" },
    stdin = "a\nb\n\nc" },
  { "io.read from a slow pipe",
    sh = [[(echo now; sleep 0.2; echo later) | "$PROG" -e 'print(io.read(), io.read(), io.read())']] },
  { "a script on standard input reads the end of it", args = { "-" },
    stdin = "print(io.read())\n-- not input" },
  { "what is not read is left for the next program",
    sh = [[{ "$PROG" -e 'print(io.read())'; cat; } <in.txt]],
    files = { ["in.txt"] = "one\ntwo\nthree\n" } },
  { "files", main = [[
      local f = assert(io.open("x", "w+"))
      print(io.type(f), f:write("abc", 1), f:seek("set", 1), f:read(2), f:close(), io.type(f))
      print(io.open("none/x", "w"))
      print(pcall(io.lines, "none"))
      print(os.remove "x", os.remove "x")]] },
}

describe {
  { "os.execute gives the exit status",
    args = { "-e", "print(os.execute 'exit 3') print(os.execute 'true') print(os.execute())" } },
  { "os.execute gives the signal", args = { "-e", "print(os.execute 'kill -9 $$')" } },
  { "io.popen gives output and status",
    args = { "-e", "local p = io.popen 'echo out; exit 4' print(p:read 'a') print(p:close())" } },
  { "io.popen takes input",
    args = { "-e", "local p = io.popen('cat', 'w') p:write 'in\\n' print(p:close())" } },
  { "children have the default signals",
    args = { "-e", [[
      for _, name in ipairs { "PIPE", "INT", "TERM", "CHLD", "HUP" } do
        print(name, os.execute("kill -" .. name .. " $$"))
      end]] } },
  { "children have no descriptors of ours",
    sh = [["$PROG" -e 'os.execute "ls /proc/self/fd | wc -l"']] },
  { "os.getenv and the environment of children", env = { SOME_NAME = "some value" },
    args = { "-e", "print(os.getenv 'SOME_NAME', os.getenv 'NO_SUCH_NAME') os.execute 'echo $SOME_NAME'" } },
  { "the locale is C", env = { LC_ALL = "C.UTF-8" },
    args = { "-e", "print(os.setlocale(), ('\\u{e9}'):upper())" } },
  { "the libraries", main = [[
      for _, name in ipairs {
        "coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8",
      } do
        local names = {}
        for key in pairs(_G[name]) do names[#names + 1] = key end
        table.sort(names)
        print(name, package.loaded[name] == _G[name], table.concat(names, " "))
      end
      print(_VERSION, _G._G == _G, package.config)]] },
  { "a global that is not set",
    args = { "-e", "print(x, rawget(_G, 'x'), pcall(function() return x.y end))" } },
  { "a script that watches its globals", main = [[
      local mt = getmetatable(_G) or {}
      setmetatable(_G, mt)
      mt.__newindex = function(t, n, v) print("new", n) rawset(t, n, v) end
      mt.__index = function(_, n) error("undeclared " .. n, 2) end
      a = 1
      a = a + 1
      print(a)
      print(pcall(function() return b end))
      print(c)]] },
  { "a script with an environment of its own", main =
      "local print = print local _ENV = { x = 1 } y = 2 print(x, y, _G) x()" },
  { "hooks belong to the script", main = [[
      print(debug.gethook())
      local lines = {}
      debug.sethook(function(_, line) lines[#lines + 1] = line end, "l")
      local x = 1
      x = x + 1
      debug.sethook()
      print(table.concat(lines, " "))]] },
  { "coroutines", main = [[
      local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) error({ b }) end)
      print(coroutine.resume(co, 1))
      local ok, e = coroutine.resume(co, "b")
      print(ok, type(e), e[1], coroutine.status(co), coroutine.resume(co))
      print(select("#", coroutine.close(co)), coroutine.status(co))
      local function count() for i = 1, 3 do coroutine.yield(i) end end
      for x in coroutine.wrap(count) do io.write(x, " ") end
      print()]] },
}

--- Sends a signal to main.lua each time it has made the next of `files` (`ready`).  The
--- signal has its default action to begin with: a shell makes its background jobs ignore INT.
local function signalled(signal, files)
  local lines = { ([[env --default-signal=%s "$PROG" main.lua & pid=$!]]):format(signal) }
  for _, file in ipairs(files or { "ready" }) do
    lines[#lines + 1] = ("until [ -e %s ]; do sleep 0.01; done"):format(file)
    lines[#lines + 1] = "sleep 0.3; kill -" .. signal .. " $pid"
  end
  lines[#lines + 1] = "wait $pid"
  return table.concat(lines, "\n")
end

local READY = "io.open('ready', 'w'):close()\n"

describe {
  { "INT interrupts a loop of the main chunk", sh = signalled "INT",
    main = READY .. "while true do end" },
  { "INT interrupts a loop in a function", sh = signalled "INT", main = READY ..
      "local function spin() while true do end end\nlocal function f() spin() end\nf()" },
  { "INT interrupts -e", sh = (signalled "INT"):gsub("main.lua",
      [[-e "io.open('ready', 'w'):close() while true do end"]]) },
  { "INT can be caught with pcall", sh = signalled "INT", main = READY ..
      "local function spin() while true do end end\nprint(pcall(spin))\nprint 'goes on'" },
  { "INT closes variables and finalizes objects", sh = signalled "INT", main = READY .. [[
      g = setmetatable({}, { __gc = function() print "finalized" end })
      local x <close> = setmetatable({}, { __close = function(_, e)
        print("closed", (e:match "^[^\n]*"))
      end })
      while true do end]] },
  { "INT is watched although it was ignored", main = READY .. "while true do end",
    sh = (signalled "INT"):gsub("env [^ ]* ", "") },
  { "a second INT kills", sh = signalled("INT", { "ready", "again" }), main = READY .. [[
      pcall(function() while true do end end)
      io.open("again", "w"):close()
      while true do end]] },
  { "TERM kills", sh = signalled "TERM", main = READY .. "while true do end" },
  { "HUP kills", sh = signalled "HUP", main = READY .. "while true do end" },
}

------------------------------------------------------------------------------------------
-- What lua has not

--- A script that does nothing but wait.
local WAITING = READY .. [[
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("never", 9) end,
} }]]

--- The same with an alias, under --why, where `ready()` says that the script can be signalled.
local READY_FUNCTION = "function ready() " .. READY .. "end\n"
local WHY_WAITING = [[
poe.spawn { _start = function() KERNEL:alias_set "logger" KERNEL:delay("flush", 9) ready() end }]]
local WHY_LINE = "session 2 %(logger%): 1 timer 'flush' due in [89]%.%d s, 1 alias 'logger'\n"

--- Sends one signal after the other to `poe --why main.lua`.
local function why_signalled(signals)
  local lines = { ([[printf '%%s' "%s" >init.lua]]):format((READY_FUNCTION:gsub("\n", " "))),
    [[env --default-signal=INT,QUIT "$PROG" --why -e 'dofile "init.lua"' main.lua & pid=$!]],
    "until [ -e ready ]; do sleep 0.01; done" }
  for _, signal in ipairs(signals) do
    lines[#lines + 1] = "sleep 0.3; kill -" .. signal .. " $pid"
  end
  lines[#lines + 1] = "wait $pid"
  return table.concat(lines, "\n")
end

describe {
  { "warnings are on", args = { "-e", "warn 'careful'" },
    expect = { status = 0, stdout = "^$", stderr = "^Lua warning: careful\n$" } },
  { "an unknown long option prints the usage", args = { "--no-such-option" },
    expect = { status = 1, stdout = "^$", stderr = "^[^\n]*%-%-no%-such%-option.*usage: " } },
  { "an unknown long option keeps the script from running", args = { "--foo", "main.lua" },
    main = "print 'ran'", expect = { status = 1, stdout = "^$", stderr = "usage: " } },
  { "the module is a global and can be required",
    args = { "-e", "print(require 'poe' == poe, KERNEL:ID())" },
    expect = { status = 0, stdout = "^true\t1\n$", stderr = "^$" } },
  { "sessions run when the script has ended", main = [[
      poe.Session.create { inline_states = {
        _start = function() print("Session " .. SESSION:ID() .. " has started.") end,
        _stop  = function() print("Session " .. SESSION:ID() .. " has stopped.") end,
      } }]],
    expect = { status = 0, stderr = "^$",
      stdout = "^Session 2 has started%.\nSession 2 has stopped%.\n$" } },
  { "sessions run once when the script runs them", main = [[
      poe.Session.create { inline_states = {
        _start = function() yield "x" end,
        x = function() print "x" end,
      } }
      print(KERNEL:run())]],
    expect = { status = 0, stdout = "^x\ntrue\n$", stderr = "^$" } },
  { "an error in a handler ends the program like one in the main chunk", main = [[
      poe.Session.create { inline_states = {
        _start = function() yield "fail" end,
        fail = function() error "boom" end,
        _stop = function() print "stopped" end,
      } }]],
    expect = { status = 1, stdout = "^stopped\n$",
      stderr = "^poe: main%.lua:3: boom\nstack traceback:\n" } },
  { "os.exit in a handler", main = [[
      poe.Session.create { inline_states = {
        _start = function() yield "leave" end,
        leave = function() io.write "bye" os.exit(3) end,
      } }]],
    expect = { status = 3, stdout = "^bye$", stderr = "^$" } },
  { "TERM that no session watches kills", sh = signalled "TERM", main = WAITING,
    expect = { status = 143, stdout = "^$" } },
  { "INT that no session watches kills", sh = signalled "INT", main = WAITING,
    expect = { status = 130, stdout = "^$" } },

  { "--why tells on QUIT what keeps each session, and the program goes on",
    sh = why_signalled { "QUIT", "QUIT", "TERM" }, main = WHY_WAITING,
    expect = { status = 143, stdout = "^$", stderr = "^" .. WHY_LINE .. WHY_LINE } }, -- sh may add a word
  { "--why tells it when INT ends the program, which INT has killed",
    sh = why_signalled { "INT" }, main = WHY_WAITING,
    expect = { status = 130, stdout = "^$", stderr = "^" .. WHY_LINE } },
  { "--why tells it in KERNEL:run, too",
    sh = why_signalled { "QUIT", "INT" }, main = WHY_WAITING .. " KERNEL:run()",
    expect = { status = 130, stdout = "^$", stderr = "^" .. WHY_LINE .. WHY_LINE } },
  { "--why tells of a handler that does not end",
    sh = why_signalled { "QUIT", "KILL" }, main = [[
      poe.spawn {
        _start = function() yield "work" end,
        work = function() ready() while true do end end,
      }]],
    expect = { status = 137, stdout = "^$",
      stderr = "^session 2: nothing keeps it; handles 'work' now\n" } },
  { "--why tells of a handler that is busy in C when it has ended",
    sh = why_signalled { "QUIT" }, main = [[
      poe.spawn {
        _start = function() yield "work" end,
        work = function()
          ready()
          io.popen "sleep 1":read "a"
          yield "after"
        end,
        after = function() print "after" end,
      }]],
    expect = { status = 0, stdout = "^after\n$",
      stderr = "^session 2: nothing keeps it; handles 'work' now\n$" } },
  { "--why: INT interrupts a handler as without it, after the report",
    sh = why_signalled { "INT" }, main = [[
      poe.spawn {
        _start = function() yield "work" end,
        work = function() ready() while true do end end,
      }]],
    expect = { status = 1, stdout = "^$",
      stderr = "^session 2: nothing keeps it; handles 'work' now\npoe: interrupted!\n" } },
  { "--why: a session that watches INT and QUIT decides; QUIT is told of all the same",
    sh = why_signalled { "INT", "QUIT", "INT" }, main = [[
      local n = 0
      poe.spawn {
        _start = function() KERNEL:sig("INT", "got") KERNEL:sig("QUIT", "got") KERNEL:delay("x", 9) ready() end,
        got = function(name)
          n = n + 1
          print(name)
          KERNEL:sig_handled()
          if n == 3 then KERNEL:delay "x" KERNEL:sig "INT" KERNEL:sig "QUIT" end
        end,
      }]],
    expect = { status = 0, stdout = "^INT\nQUIT\nINT\n$",
      stderr = "^session 2: 1 timer 'x' due in %d%.%d s\n$" } },
  { "--why: INT kills again when no session watches it any more",
    sh = why_signalled { "INT", "INT" }, main = [[
      poe.spawn {
        _start = function() KERNEL:sig("INT", "got") KERNEL:delay("x", 9) ready() end,
        got = function() KERNEL:sig_handled() KERNEL:sig "INT" print "got" io.stdout:flush() end,
      }]],
    expect = { status = 130, stdout = "^got\n$", stderr = "^session 2: 1 timer 'x' due in %d%.%d s\n$" } },
  { "--why leaves a program that nobody asks alone", args = { "--why", "main.lua" }, main = [[
      poe.spawn { _start = function() KERNEL:delay("x", 0.01) end, x = function() os.exit(4, true) end }]],
    expect = { status = 4, stdout = "^$", stderr = "^$" } },
}

------------------------------------------------------------------------------------------
-- Running them

local function quote(word)
  return "'" .. word:gsub("'", [['\'']]) .. "'"
end

local function replace(text, old, new)
  return (text:gsub(old:gsub("%p", "%%%0"), (new:gsub("%%", "%%%%"))))
end

local function write_file(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

local function read_file(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

---@return string  a new folder, and a value that removes it when it is closed
local function temporary_folder()
  local pipe <close> = assert(io.popen "mktemp -d")
  local path = assert(pipe:read(), "no temporary folder")
  return path, setmetatable({}, {
    __close = function() os.execute("rm -rf " .. quote(path)) end,
  })
end

---@param path string  as the caller names it
---@param own_name? string  what the program calls itself, whatever it was called
local function program(path, own_name)
  if path:find "^[^/].*/" then
    path = assert(os.getenv "PWD", "PWD is not set") .. "/" .. path
  end
  return { path = path, own_name = own_name }
end

--- The shell script that runs a case in `folder`.
local function shell_script(case, program, root, folder)
  local lines = { "cd " .. quote(folder), "unset " .. table.concat(VARIABLES, " ") }
  for name, value in pairs(case.env or {}) do
    lines[#lines + 1] = ("export %s=%s"):format(name, quote(value))
  end
  lines[#lines + 1] = "export PROG=" .. quote(program.path)

  local command = { "exec timeout", TIME_LIMIT }
  if case.sh then
    write_file(root .. "/case.sh", case.sh)
    command[#command + 1] = "sh ../case.sh"
  else
    command[#command + 1] = [["$PROG"]]
    for _, word in ipairs(case.args or { "main.lua" }) do command[#command + 1] = quote(word) end
  end
  command[#command + 1] = "<../stdin >../stdout 2>../stderr"
  lines[#lines + 1] = table.concat(command, " ")
  return table.concat(lines, "\n") .. "\n"
end

--- The program's name, in messages and in `arg`, as PROG.
local function without_name(text, program)
  text = replace(text, program.path, "PROG")
  local own_name = program.own_name
  if own_name then
    text = ("\n" .. text):gsub("\n" .. own_name .. ":", "\nPROG:"):sub(2)
    text = text:gsub("usage: " .. own_name .. " ", "usage: PROG ")
  end
  return text
end

---@return { status: integer, stdout: string, stderr: string }
local function run(case, program, root)
  local folder = root .. "/work"
  assert(os.execute(("rm -rf %s && mkdir %s"):format(quote(folder), quote(folder))))
  if case.main then write_file(folder .. "/main.lua", case.main) end
  for name, text in pairs(case.files or {}) do
    local parent = name:match "^(.*)/"
    if parent then assert(os.execute("mkdir -p " .. quote(folder .. "/" .. parent))) end
    write_file(folder .. "/" .. name, text)
  end
  write_file(root .. "/stdin", case.stdin or "")
  write_file(root .. "/run.sh", shell_script(case, program, root, folder))

  local _, how, status = os.execute("sh " .. quote(root .. "/run.sh"))
  return {
    status = how == "signal" and 128 + status or status,
    stdout = read_file(root .. "/stdout"),
    stderr = read_file(root .. "/stderr"),
  }
end

local function comment(title, value)
  local lines = { ("# %s:"):format(title) }
  for line in (tostring(value) .. "\n"):gmatch "([^\n]*)\n" do
    lines[#lines + 1] = "#   " .. line:gsub("[%c\x7f-\xff]", function(c)
      return c == "\t" and c or ("\\x%02x"):format(c:byte())
    end)
  end
  return table.concat(lines, "\n"):gsub("\n#   $", "")
end

---@return string[]  what differs, as comments; none when the programs agree
local function compare(case, lua, poe, root)
  local expected, got = run(case, lua, root), run(case, poe, root)
  local differences = {}
  for _, result in ipairs { expected, got } do
    local of = result == expected and lua or poe
    result.stdout = without_name(result.stdout, of)
    result.stderr = without_name(result.stderr, of)
    if case.only then case.only(result, case) end
  end
  for _, what in ipairs { "status", "stdout", "stderr" } do
    if expected[what] ~= got[what] then
      differences[#differences + 1] = comment(what .. " of lua", expected[what])
      differences[#differences + 1] = comment(what .. " of poe", got[what])
    end
  end
  return differences
end

---@return string[]  what is not as expected, as comments
local function check(case, poe, root)
  local got, differences = run(case, poe, root), {}
  for what, expected in pairs(case.expect) do
    if not (got[what] == expected or what ~= "status" and got[what]:find(expected)) then
      differences[#differences + 1] = comment(what .. " expected", expected)
      differences[#differences + 1] = comment(what .. " of poe", got[what])
    end
  end
  return differences
end

local function main(poe_path, pattern)
  if not poe_path then
    io.stderr:write "usage: command_spec.lua PATH_TO_POE [PATTERN]\n"
    return 2
  end
  local lua = program(os.getenv "LUA" or "lua5.4")
  local poe = program(poe_path, "poe")
  local root, remover = temporary_folder()
  local removed <close> = remover

  local number, failed = 0, 0
  for _, case in ipairs(cases) do
    if not pattern or case[1]:find(pattern) then
      local differences
      if case.expect then
        differences = check(case, poe, root)
      else
        differences = compare(case, lua, poe, root)
      end
      number = number + 1
      if #differences > 0 then failed = failed + 1 end
      print(("%s %d - %s"):format(#differences == 0 and "ok" or "not ok", number, case[1]))
      for _, difference in ipairs(differences) do print(difference) end
    end
  end
  print(("%d passed, %d failed"):format(number - failed, failed))
  return failed == 0 and 0 or 1
end

os.exit(main(arg[1], arg[2]), true)
