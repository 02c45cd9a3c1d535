--- Runs every kind of test and adds up: what `make test` prints.
---   lua5.4 spec/all.lua [quick]
--- Each step's output goes to build/test/STEP.log; a step tells its counts in a line
--- `N passed, N failed`, or, when it has none, counts as one.
--- Steps run side by side, one per core, and are told as they end.  Those that go by the clock run one after the
--- other, and the rest gives way to them.
local pool = dofile "spec/pool.lua"
local quick = arg[1] == "quick"
os.execute "mkdir -p build/test"

local function poe(flavour)
  return "build/" .. flavour .. "/poe"
end

local timed, steps = {}, {}
local function step(name, command)
  steps[#steps + 1] = { name = name, command = command }
end

--- One whose tests go by the clock: for those.
local function timed_step(name, command)
  timed[#timed + 1] = { name = name, command = command }
end

--- Where milliseconds decide what happens next.
local BY_THE_CLOCK <const> = { "spec/lua/poe/wait_spec.lua", "spec/lua/poe/watchdog_spec.lua" }

local function in_lua(name, environment)
  local run = ("%s POE=%s %s spec/run.lua "):format(environment, poe(name), poe(name))
  step(name .. " Lua", run .. "-x " .. table.concat(BY_THE_CLOCK, " -x ") .. " spec/lua spec/script lua/examples")
  timed_step(name .. " Lua by the clock", run .. table.concat(BY_THE_CLOCK, " "))
  timed_step(name .. " conformance", ("%s lua5.4 spec/conformance/run.lua %s"):format(environment, poe(name)))
end

local function in_c(name, environment)
  timed_step(name .. " C", ("%s build/%s/specs"):format(environment, name))
  timed_step(name .. " C drained", ("%s build/%s/specs -d"):format(environment, name))
end

local function binding(name, environment)
  timed_step(name .. " binding", ("%s build/%s/binding-specs"):format(environment, name))
end

--- In one process: what looks at memory takes its time to do so at each process's end, and finds there whatever
--- a test has lost.  `processes` is left out, as its children would be looked at, too.
local ONE_PROCESS <const> = "CK_FORK=no timeout 1800 "

if quick then
  in_c("debug", "")
  binding("debug", "")
  in_lua("debug", "")
else
  local asan = "ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 "
  -- Where addresses are scattered more widely than the sanitizer knows, it needs them not to be.
  local still = "$(setarch -R true 2>/dev/null && echo setarch -R) "
  -- The long ones first, so that no core waits for the other at the end.
  step("lint", "LANES=1 lua5.4 spec/lint.lua")
  in_lua("torture", "")
  in_lua("asan", asan)
  in_lua("release", "")
  timed_step("valgrind C", ONE_PROCESS .. "valgrind -q --child-silent-after-fork=yes "
    .. "--error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite build/debug/specs -x process")
  step("release installed", "lua5.4 spec/install_spec.lua release")
  step("asan installed", asan .. "lua5.4 spec/install_spec.lua asan")
  step("command line", "lua5.4 spec/command/command_spec.lua " .. poe "release")
  for _, name in ipairs { "release", "debug", "torture" } do -- in Lua asan does what debug would, and sees more
    in_c(name, "")
    binding(name, "")
  end
  timed_step("asan C", asan .. ONE_PROCESS .. "build/asan/specs -x process")
  timed_step("asan C drained", asan .. ONE_PROCESS .. "build/asan/specs -x process -d")
  timed_step("asan processes", asan .. "build/asan/specs process")
  timed_step("asan processes drained", asan .. "build/asan/specs process -d")
  binding("asan", asan)
  step("tsan threads", "TSAN_OPTIONS=halt_on_error=1 " .. still .. "build/tsan/threads")
  step("tsan ports", "TSAN_OPTIONS=halt_on_error=1 CK_FORK=no " .. still .. "build/tsan/specs port")
end

local passed, failed = 0, 0

local function log_of(s)
  return "build/test/" .. s.name:gsub(" ", "-") .. ".log"
end

--- What a log says of what failed: the tests that did, or else its end.
local function complaint(path)
  local lines, told, open = {}, {}, false
  for line in io.lines(path) do
    lines[#lines + 1] = line
    open = line:find "^not ok" or open and line:find "^%s"
    if open then told[#told + 1] = line end
  end
  local list = told[1] and told or lines
  return table.concat(list, "\n", math.max(1, #list - 60))
end

local function count(s, ok, seconds)
  local log = log_of(s)
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
  print(("%-24s %5d passed, %d failed  (%.0f s)"):format(s.name, good, bad, seconds))
  if bad > 0 then
    print("--- " .. log .. "\n" .. complaint(log) .. "\n---")
  end
  io.stdout:flush()
end

local function command_of(s)
  return ("( %s ) >%s 2>&1"):format(s.command, log_of(s))
end

local all, ended, commands = {}, {}, { {} }
for i, s in ipairs(timed) do
  all[i] = s
  commands[1][i] = command_of(s)
end
for _, s in ipairs(steps) do
  all[#all + 1] = s
  commands[#commands + 1] = "nice -n 10 sh -c '" .. command_of(s):gsub("'", "'\\''") .. "'"
end
pool(commands, function(i, ok, seconds)
  ended[i] = true
  count(all[i], ok, seconds)
end)
for i, s in ipairs(all) do
  if not ended[i] then
    failed = failed + 1
    print(s.name .. " was not run")
  end
end
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and passed > 0)
