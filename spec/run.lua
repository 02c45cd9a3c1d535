--- The harness of the Lua specs, the programs of spec/script and the examples.
---
---     poe spec/run.lua [-x FILE]... [FILE or FOLDER]...        default: spec/lua; -x: all but this one
---
--- A file *_spec.lua holds tests; it runs in a process of its own, so that a crash or a test that
--- never ends costs one test:
---
---     describe("alias_set", function()
---       it("refuses a name that another session has", function(expect)
---         ...
---       end)
---     end)
---
--- `it(sentence, fn [, seconds])`: fn may make sessions and leave them; when it returns, the kernel
--- runs until they have stopped.  What still lives after `seconds` (default 5) is told and fails the
--- test.  See "what a test is given" below for `expect`.  The global `run_poe` starts another poe.
---
--- Any other file is a program.  What it prints has to be what its comments promise:
---
---     print "one"      -- expect: one              in the order of the lines, or
---     print(n)         -- expect 3: two            the third line of all that is printed;
---                      -- expect-error: text       a part of what comes on standard error
---                      -- expect-exit: 1           its exit status, 0 by default
---
--- (`\t` is a tab) or, in a block at its end, "-- prints:" and the lines.  A program that promises nothing has to
--- exit with 0.  Environment: POE, the program to test (default build/release/poe).

local POE = os.getenv "POE" or "build/release/poe"
local FLAVOUR = POE:match "build/(%w+)/poe$" or "release"
--- How much longer than usual this build may take, and how much less a big loop shall do.
local PATIENCE = ({ release = 1, debug = 2, asan = 8, torture = 12 })[FLAVOUR] or 4
local SHARE = ({ release = 1, debug = 5, asan = 20, torture = 500 })[FLAVOUR] or 20
local DEADLINE = 5

-- processes ----------------------------------------------------------------------------------

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function slurp(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function spew(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

--- Runs a command; returns what it wrote to its two outputs and its exit status (128 + n: signal n).
local function shell(command, stdin)
  local input, output, errors = os.tmpname(), os.tmpname(), os.tmpname()
  spew(input, stdin or "")
  local _, how, code = os.execute(("%s <%s >%s 2>%s"):format(command, input, output, errors))
  local out, err = slurp(output), slurp(errors)
  for _, path in ipairs { input, output, errors } do os.remove(path) end
  return out, err, how == "signal" and 128 + code or code
end

--- Runs a program text in a process of its own, `script.lua` in its messages.
---@param text string
---@param args? string[]  its arguments; `options`: a list of arguments before the script's name
---@param stdin? string
---@return string stdout, string stderr, integer status
local function run_script(text, args, stdin)
  local path = os.tmpname()
  local words = { "exec timeout -k 1", tostring(20 * PATIENCE), quote(POE) }
  for _, word in ipairs(args and args.options or {}) do words[#words + 1] = quote(word) end
  words[#words + 1] = path
  for _, word in ipairs(args or {}) do words[#words + 1] = quote(word) end
  spew(path, text)
  local out, err, code = shell(table.concat(words, " "), stdin)
  os.remove(path)
  local plain = path:gsub("%p", "%%%0")
  return (out:gsub(plain, "script.lua")), (err:gsub(plain, "script.lua")), code
end

-- showing values -----------------------------------------------------------------------------

local function show(value, depth)
  if type(value) == "string" then
    return #value <= 400 and ("%q"):format(value):gsub("\\\n", "\\n")
      or ("%q... (%d bytes)"):format(value:sub(1, 100), #value)
  elseif math.type(value) == "float" then
    return tonumber(tostring(value)) == value and tostring(value) or ("%.17g"):format(value)
  elseif type(value) ~= "table" or (depth or 0) > 3 or (getmetatable(value) or {}).__tostring then
    return tostring(value)
  end
  local parts, keys = {}, {}
  for i = 1, #value do parts[i] = show(value[i], (depth or 0) + 1) end
  for key in pairs(value) do
    if math.type(key) ~= "integer" or key < 1 or key > #value then keys[#keys + 1] = key end
  end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do
    parts[#parts + 1] = ("%s = %s"):format(type(key) == "string" and key or "[" .. show(key) .. "]",
      show(value[key], (depth or 0) + 1))
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

--- The same value, tables by what they hold.
local function same(a, b)
  if a == b then return true end
  if type(a) ~= type(b) then return false end
  if a ~= a and b ~= b then return true end
  if type(a) ~= "table" then return false end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

-- what a test is given -----------------------------------------------------------------------

--- Where the test's own code is on the stack: "spec/lua/poe/x_spec.lua:12: ".
local function where()
  for level = 2, 40 do
    local info = debug.getinfo(level, "Sl")
    if not info then break end
    if info.currentline > 0 and not info.short_src:find("spec/run.lua", 1, true) then
      return ("%s:%d: "):format(info.short_src, info.currentline)
    end
  end
  return ""
end

--- expect(got, wanted [, what])              the same value, tables by content
--- expect.yes(value [, what])                anything but nil and false
--- expect.match(text, pattern)               a Lua pattern
--- expect.raises(text, fn, ...)              fn raises exactly this, at a line of fn's own
--- expect.raises_like(pattern, fn, ...)      the same, the error as a Lua pattern
--- expect.raises_value(value, fn, ...)       fn raises this very value
--- expect.fails(code, text, ...)             the ... are nil, "code: text", code
--- expect.run()                              runs the kernel to the end; true, or fails the test
--- expect.run_raises(text)                   the same, but run raises this; returns what it raised
--- expect.within(fn, ...)                    a session with this _start, run to its end
--- expect.times(n, fn)                       a function around fn, to be called n times in all
--- expect.never(fn)                          the same with none
--- expect.log(...)                           notes a line of what happened
--- expect.logged(list [, any_order])         these lines were noted since the last time
--- expect.heavy(n)                           n, or less in a build that is slow
--- expect.descriptors()                      how many this process has open, what is forgotten closed
--- A check that fails is noted with its line; the test goes on.
local function new_expect(run)
  local failures, counted, noted = {}, {}, {}
  local expect = {}

  local function fail(...)
    failures[#failures + 1] = where() .. string.format(...)
    return false
  end

  local function check(got, wanted, what)
    return same(got, wanted)
      or fail("%sexpected %s\n    got %s", what and what .. ": " or "", show(wanted), show(got))
  end

  function expect.yes(value, what)
    return value or fail("%sexpected something, got %s", what and what .. ": " or "", show(value))
  end

  function expect.match(text, pattern)
    return type(text) == "string" and text:find(pattern)
      or fail("expected a text like %s\n    got %s", show(pattern), show(text))
  end

  --- Checks that a message begins with a line of `fn`, and cuts the position off.
  local function cut_position(message, fn)
    local info = debug.getinfo(fn, "S")
    local first, last = info.linedefined, info.lastlinedefined
    local line, rest = message:match("^" .. info.short_src:gsub("%p", "%%%0") .. ":(%d+): (.*)$")
    line = tonumber(line)
    if not line or line < first or line > last then
      return nil, ("%s:%d-%d: "):format(info.short_src, first, last)
    end
    return rest
  end

  --- The error that fn raises, or nothing when that has been complained about.
  local function error_of(text, fn, ...)
    local result = table.pack(pcall(fn, ...))
    if result[1] then
      fail("expected the error %s\n    got no error but %s", show(text),
        show(table.pack(table.unpack(result, 2, result.n))))
      return
    elseif type(result[2]) ~= "string" then
      fail("expected the error %s\n    got the value %s", show(text), show(result[2]))
      return
    end
    local rest, range = cut_position(result[2], fn)
    if not rest then
      fail("expected the error %s with the position %s\n    got %s", show(text), range, show(result[2]))
    end
    return rest
  end

  function expect.raises(text, fn, ...)
    local got = error_of(text, fn, ...)
    return got and check(got, text, "the error")
  end

  function expect.raises_like(pattern, fn, ...)
    local got = error_of(pattern, fn, ...)
    return got and expect.match(got, pattern)
  end

  function expect.raises_value(value, fn, ...)
    local ok, got = pcall(fn, ...)
    if ok then return fail("expected the error %s, got no error", show(value)) end
    return rawequal(got, value) or fail("expected the error %s\n    got %s", show(value), show(got))
  end

  function expect.fails(code, text, ...)
    return check(table.pack(...), { nil, code .. ": " .. text, code, n = 3 }, "the failure")
  end

  function expect.run()
    local ok, message = pcall(run)
    return ok or fail("run raised %s", show(message))
  end

  function expect.run_raises(text)
    local ok, message = pcall(run)
    if ok then
      fail("expected run to raise %s, it raised nothing", show(text))
    else
      check(type(message) == "string" and message:gsub("^[^\n]-:%d+: ", "") or message, text,
        "what run raised")
    end
    return message
  end

  function expect.within(fn, ...)
    require "poe".Session.create { inline_states = { _start = fn }, args = table.pack(...) }
    return expect.run()
  end

  function expect.times(n, fn)
    local count = { wanted = n, got = 0, where = where() }
    counted[#counted + 1] = count
    return function(...)
      count.got = count.got + 1
      if fn then return fn(...) end
    end
  end

  function expect.never(fn)
    return expect.times(0, fn)
  end

  function expect.log(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = type(words[i]) == "table" and show(words[i]) or tostring(words[i]) end
    noted[#noted + 1] = table.concat(words, " ")
  end

  function expect.logged(list, any_order)
    local lines = noted
    noted = {}
    if any_order then
      table.sort(lines)
      table.sort(list)
    end
    return check(lines, list, "what happened")
  end

  function expect.heavy(n)
    return math.max(1, n // SHARE)
  end

  --- By way of a file: of a pipe this process may still have both ends while they are listed.
  function expect.descriptors()
    local path = os.tmpname()
    collectgarbage()
    collectgarbage()
    os.execute(("ls /proc/$PPID/fd | wc -l >%s"):format(path))
    local file <close> = assert(io.open(path))
    os.remove(path)
    return file:read "n"
  end

  --- What is wrong when all is over.
  local function finish()
    for _, count in ipairs(counted) do
      if count.got ~= count.wanted then
        failures[#failures + 1] = ("%sexpected %d calls, got %d"):format(count.where, count.wanted,
          count.got)
      end
    end
    if #noted > 0 then
      failures[#failures + 1] = "what happened was never looked at: " .. show(noted)
    end
    return failures
  end

  return setmetatable(expect, { __call = function(_, ...) return check(...) end }), finish, fail
end

-- the process that runs one file's tests -----------------------------------------------------

--- One line of a report: newlines of a text are "\1" on their way.
local function report(...)
  io.stdout:write("@@", (table.concat({ ... }, " "):gsub("\n", "\1")), "\n")
  io.stdout:flush()
end

local function load_tests(path)
  local tests, prefix = {}, {}
  function describe(name, fn)
    prefix[#prefix + 1] = name
    fn()
    prefix[#prefix] = nil
  end
  function it(sentence, fn, seconds)
    prefix[#prefix + 1] = sentence
    tests[#tests + 1] = { name = table.concat(prefix, ": "), fn = fn, seconds = seconds or DEADLINE }
    prefix[#prefix] = nil
  end
  run_poe = run_script
  assert(loadfile(path))()
  return tests
end

local function session_list()
  local list = {}
  for session in KERNEL:sessions() do
    local ok, why = pcall(function() return session:why() end)
    local reasons = {}
    for i, reason in ipairs(ok and why or {}) do
      reasons[i] = ("%s %s %s"):format(reason.kind, reason.count or "", reason.detail or "")
    end
    list[#list + 1] = tostring(session) .. (reasons[1] and " [" .. table.concat(reasons, ", ") .. "]" or "")
  end
  return list
end

--- How the kernel runs for a test: straight on, or, to find out what a test that did not end was
--- waiting for, slice by slice with a word before each that may wait for ever.
local function runner(slow, deadline)
  if not slow then
    return function() return KERNEL:run() end
  end
  return function()
    local ends = os.time() + deadline
    KERNEL:run_while(function()
      if KERNEL:get_event_count() == 0 then
        report("waiting", table.concat(session_list(), ", "))
      end
      return os.time() < ends
    end)
    if next(session_list()) == nil then KERNEL:run() end
  end
end

local function run_test(test, slow)
  local deadline = test.seconds * PATIENCE
  local run = runner(slow, deadline)
  local expect, finish, fail = new_expect(run)
  local returned = xpcall(test.fn, function(message)
    fail("%s", type(message) == "string" and debug.traceback(message, 2) or show(message))
  end, expect)
  if not returned then KERNEL:stop() end
  local ok, message = pcall(run)
  if not ok then fail("run raised %s", show(message)) end
  local left = session_list()
  if #left > 0 then fail("left behind: %s", table.concat(left, ", ")) end
  for _ = 1, 100 do
    KERNEL:stop()
    if pcall(KERNEL.run, KERNEL) then break end
  end
  if SESSION ~= KERNEL then fail("left SESSION at %s", tostring(SESSION)) end
  if KERNEL:get_event_count() ~= 0 then fail("left %d events", KERNEL:get_event_count()) end
  return finish()
end

--- Runs the tests from number `first` on; `slow` is that of the first.
local function work(path, first, slow)
  io.stdout:setvbuf "line"
  local tests = load_tests(path)
  for i = first, #tests do
    local test = tests[i]
    report("start", i, test.seconds * PATIENCE + 2, test.name)
    local failures = run_test(test, slow and i == first)
    report(#failures == 0 and "ok" or "bad", table.concat(failures, "\n"))
  end
  report "done"
end

-- the process that counts --------------------------------------------------------------------

local passed, failed = 0, 0

local function tell(ok, name, details)
  if ok then passed = passed + 1 else failed = failed + 1 end
  print((ok and "ok " or "not ok ") .. name)
  if not ok and details and details ~= "" then
    print("  " .. details:gsub("%s+$", ""):gsub("\n", "\n  "))
  end
  io.stdout:flush()
end

--- Copies a worker's lines, ends it when a test takes too long and tells how it exited.
local WATCH = [[
exec 3< <(exec "$@" 2>&1); pid=$!; seconds=60
while :; do
  if IFS= read -r -t "$seconds" line <&3; then
    printf '%s\n' "$line"
    case $line in @@start*) set -- $line; seconds=$3;; esac
  else
    [ $? -gt 128 ] && { kill -KILL $pid; echo @@late; }
    break
  fi
done
wait $pid; echo "@@exit $?"
]]

--- The rest of one worker's life: its tests from `first` on.  Returns the next test's number, and
--- whether that is the same one again, slowly, because it did not end.
local function follow(path, first, slow)
  local command = table.concat({ "bash -c", quote(WATCH), "watch", quote(POE), "spec/run.lua",
    "--work", quote(path), first, slow and "slow" or "" }, " ")
  local number, name, noise, done, late, waiting = first, nil, {}, false, false, nil
  local pipe <close> = assert(io.popen(command .. " </dev/null"))
  for line in pipe:lines() do
    local word, rest = line:match "^@@(%w+) ?(.*)$"
    rest = rest and rest:gsub("\1", "\n")
    if word == "start" then
      local n, _, text = rest:match "^(%d+) (%d+) (.*)$"
      number, name, noise, waiting = tonumber(n), text, {}, nil
    elseif word == "ok" then
      tell(true, path .. ": " .. name)
      number, name = number + 1, nil
    elseif word == "bad" then
      tell(false, path .. ": " .. name, rest .. "\n" .. table.concat(noise, "\n"))
      number, name = number + 1, nil
    elseif word == "waiting" then
      waiting = rest
    elseif word == "late" then
      late = true
    elseif word == "done" then
      done = true
    elseif word == "exit" then
      if name and late and not slow then return number, true end
      if name or not done or rest ~= "0" then
        noise[#noise + 1] = late and "did not end" .. (waiting and "; alive: " .. waiting or "")
          or "the process ended with status " .. rest
        tell(false, path .. ": " .. (name or "(no test)"), table.concat(noise, "\n"))
      end
      return name and number + 1 or nil
    elseif #noise < 100 then
      noise[#noise + 1] = line
    end
  end
end

local function run_spec(path)
  local next_test, slow = 1, false
  while next_test do
    next_test, slow = follow(path, next_test, slow)
  end
end

-- programs -----------------------------------------------------------------------------------

--- What a program promises: lines, parts of the error text, exit status.
local function promises(path)
  local lines, numbered, errors, status, block = {}, {}, {}, 0, nil
  for line in io.lines(path) do
    if block then
      block[#block + 1] = line:match "^%-%- ?(.*)$"
    elseif line:match "^%-%- prints:$" then
      block = {}
    else
      local number, text = line:match "%-%- expect ?(%d*): ?(.*)$"
      text = text and text:gsub("\\t", "\t")
      if number == "" then
        lines[#lines + 1] = text
      elseif number then
        assert(not numbered[tonumber(number)], path .. ": two lines are number " .. number)
        numbered[tonumber(number)] = text
      end
      errors[#errors + 1] = line:match "%-%- expect%-error: ?(.*)$"
      status = tonumber(line:match "%-%- expect%-exit: (%d+)") or status
    end
  end
  assert(not next(numbered) or #lines == 0, path .. ": lines with and without numbers")
  local count = 0
  for _ in pairs(numbered) do count = count + 1 end
  assert(count == #numbered, path .. ": a number is missing before " .. count)
  local all = block or (#lines > 0 and lines or numbered)
  return (block or count > 0 or #lines > 0) and all, errors, status
end

local function run_program(path)
  local lines, errors, status = promises(path)
  local out, err, code = shell(("exec timeout -k 1 %d %s %s"):format(20 * PATIENCE, quote(POE), quote(path)))
  local wrong = {}
  if lines then
    local got = {}
    for line in out:gmatch "([^\n]*)\n" do got[#got + 1] = line end
    for i = 1, math.max(#lines, #got) do
      if lines[i] ~= got[i] then
        wrong[#wrong + 1] = ("line %d: expected %s\n    got %s"):format(i, show(lines[i]), show(got[i]))
        break
      end
    end
  end
  for _, text in ipairs(errors) do
    if not err:find(text, 1, true) then wrong[#wrong + 1] = "expected on standard error: " .. text end
  end
  if code ~= status then
    wrong[#wrong + 1] = ("expected exit status %d\n    got %d"):format(status, code)
  end
  if #errors == 0 and err ~= "" then wrong[#wrong + 1] = "expected nothing on standard error" end
  if wrong[1] then
    wrong[#wrong + 1] = "standard output:\n" .. out .. "standard error:\n" .. err
  end
  tell(not wrong[1], path, table.concat(wrong, "\n"))
end

-- which files --------------------------------------------------------------------------------

local function files_of(path)
  local list, specs = {}, {}
  local pipe <close> = assert(io.popen(("find -L %s -name '*.lua' -type f | LC_ALL=C sort"):format(quote(path))))
  for file in pipe:lines() do
    list[#list + 1] = file
    if file:find "_spec%.lua$" then specs[#specs + 1] = file end
  end
  return #specs > 0 and specs or list
end

if arg[1] == "--work" then
  work(arg[2], tonumber(arg[3]), arg[4] == "slow")
  return
end
local but = {}
while arg[1] == "-x" do
  but[arg[2]] = true
  table.move(arg, 3, #arg + 2, 1)
end
for _, path in ipairs(#arg > 0 and arg or { "spec/lua" }) do
  for _, file in ipairs(files_of(path)) do
    if not but[file] then
      local ok, message = pcall(file:find "_spec%.lua$" and run_spec or run_program, file)
      if not ok then tell(false, file, message) end
    end
  end
end
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and passed > 0)
