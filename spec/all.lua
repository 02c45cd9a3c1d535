--- Runs every kind of test and adds up: what `make test` prints.
---   lua5.4 spec/all.lua [quick]
--- Each step's output goes to build/test/STEP.log; a step tells its counts in a line
--- `N passed, N failed`, or, when it has none, counts as one.
local quick = arg[1] == "quick"
os.execute "mkdir -p build/test"

local function poe(flavour)
  return "build/" .. flavour .. "/poe"
end

local steps = {}
local function step(name, command)
  steps[#steps + 1] = { name = name, command = command }
end

--- The same tests for one flavour of the build: those in C; all.
local function in_c(name, environment)
  step(name .. " C", ("%s build/%s/specs"):format(environment, name))
  step(name .. " C drained", ("%s build/%s/specs -d"):format(environment, name))
  step(name .. " binding", ("%s build/%s/binding-specs"):format(environment, name))
end

local function flavour(name, environment)
  environment = environment or ""
  in_c(name, environment)
  step(name .. " Lua", ("%s POE=%s %s spec/run.lua spec/lua spec/script lua/examples")
    :format(environment, poe(name), poe(name)))
  step(name .. " conformance", ("%s lua5.4 spec/conformance/run.lua %s"):format(environment, poe(name)))
end

if quick then
  flavour "debug"
else
  step("lint", "lua5.4 spec/lint.lua")
  flavour "release"
  in_c("debug", "") -- in Lua it does what asan does, which sees more
  flavour("asan", "ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1")
  flavour "torture"
  -- Where addresses are scattered more widely than the sanitizer knows, it needs them not to be.
  local still = "$(setarch -R true 2>/dev/null && echo setarch -R) "
  step("tsan threads", "TSAN_OPTIONS=halt_on_error=1 " .. still .. "build/tsan/threads")
  step("tsan ports", "TSAN_OPTIONS=halt_on_error=1 CK_FORK=no " .. still .. "build/tsan/specs port")
  step("release installed", "lua5.4 spec/install_spec.lua release")
  step("asan installed", "ASAN_OPTIONS=detect_leaks=1 lua5.4 spec/install_spec.lua asan")
  step("command line", "lua5.4 spec/command/command_spec.lua " .. poe "release")
  -- In one process; the suite of processes is left to the sanitizers, as its children would be
  -- valgrind's too, with valgrind's exit status and its idea of a descriptor limit.
  step("valgrind C", "CK_FORK=no CK_TIMEOUT_MULTIPLIER=20 valgrind -q --child-silent-after-fork=yes "
    .. "--error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite build/debug/specs -x process")
end

local passed, failed = 0, 0

local function tail(path)
  local lines = {}
  for line in io.lines(path) do
    lines[#lines + 1] = line
  end
  return table.concat(lines, "\n", math.max(1, #lines - 60))
end

for _, s in ipairs(steps) do
  local log = "build/test/" .. s.name:gsub(" ", "-") .. ".log"
  local started = os.time()
  local ok = os.execute(("( %s ) >%s 2>&1 </dev/null"):format(s.command, log))
  local good, bad
  for line in io.lines(log) do
    local p, f = line:match "^(%d+) passed, (%d+) failed"
    if p then good, bad = tonumber(p), tonumber(f) end
  end
  if not good then
    good, bad = ok and 1 or 0, ok and 0 or 1
  elseif not ok and bad == 0 then
    bad = 1
  end
  passed, failed = passed + good, failed + bad
  print(("%-24s %5d passed, %d failed  (%d s)"):format(s.name, good, bad, os.time() - started))
  if bad > 0 then
    print("--- " .. log .. "\n" .. tail(log) .. "\n---")
  end
end

print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and passed > 0)
