--- `make bench`: poe against the floor, the least a Lua kernel can cost.
---
---     build/release/poe spec/bench/run.lua [-r RUNS] [NAME...]
---
--- Runs each program of ours and the floor's of the same name in turn, RUNS times (5), and
--- prints the medians; under stock lua5.4 as well.  POE and FLOOR name the executables
--- (build/release/poe, build/release/floor).  With PEERS set and the shared harness beside
--- this checkout, that one runs instead: PEERS=1 for every runtime it knows and finds installed, or
--- PEERS="luv node" for poe, the floor and these.
---
--- Figures of two runs of this program are not comparable on a machine that does other work.  The
--- ratio is the median of the rounds' own, each of two programs one after the other, so that they
--- had the same weather; where a machine's clock has two speeds it is not that of the two medians.

local POE = os.getenv "POE" or "build/release/poe"
local FLOOR = os.getenv "FLOOR" or "build/release/floor"
local PEERS = os.getenv "PEERS"

local HERE = arg[0]:match "^(.*)/[^/]*$" or "."
local PEERS_HARNESS = HERE .. "/../../../shared/bench/run.sh"

---@class Benchmark
---@field name string
---@field folder? string  of the program and name of the floor's, when it is not `name`
---@field program? string  the program's file; "poe.lua"
---@field n integer  for about a second
---@field mode? string  the program's second argument
---@field goal? number  poe's time / the floor's, at most
---@field goal_bytes? integer  a session, at most
---@field goal_stop? number  time to stop / time to create, at most
---@field load? string  a server's: connections, bytes and messages in flight; `n` is seconds, the time CPU time
---@field floor? string  how the floor's server is called
---@field against? string  another program of poe's, "folder/file", stands in for the floor
---@field starts? boolean  what is timed is `n` starts of the executable

---@type Benchmark[]
local BENCHMARKS = {
  { name = "yield_chain", n = 8000000, goal = 1.2 },
  { name = "ping_pong", n = 8000000, goal = 1.1 },
  { name = "ring", n = 8000000, goal = 1.3 },
  { name = "yield_names", folder = "yield_chain", program = "names.lua", n = 4000000, goal = 2.2 },
  { name = "ping_names", folder = "ping_pong", program = "names.lua", n = 4000000, goal = 2.2 },
  { name = "ring_names", folder = "ring", program = "names.lua", n = 4000000, goal = 2.2 },
  { name = "fan_in", n = 4000000, goal = 1.25 },
  { name = "spawn", n = 1000000, goal = 1.7, goal_bytes = 400, goal_stop = 1 },
  { name = "timers_cancel", folder = "timers", n = 1000000, mode = "cancel", goal = 1.7 },
  { name = "timers_fire", folder = "timers", n = 1000000, mode = "fire", goal = 1.5 },
  { name = "tcp_echo_50", folder = "tcp_echo", n = 2, load = "50 64 1", floor = "echo-lua", goal = 1.05 },
  { name = "tcp_echo_1000", folder = "tcp_echo", n = 2, load = "1000 64 1", floor = "echo-lua", goal = 1.05 },
  { name = "tcp_stream", folder = "tcp_echo", n = 2, load = "8 16384 4", floor = "echo", goal = 1.15 },
  { name = "line_echo", n = 2, load = "50 64 1", floor = "line-lua", goal = 1.1 },
  { name = "line_echo_32", folder = "line_echo", n = 2, load = "50 64 32", floor = "line-lua", goal = 1.5 },
  { name = "http_hello", n = 2, load = "wrk", floor = "http-lua", goal = 1.3 },
  { name = "sleep", folder = "straight", program = "sleep.lua", n = 2000000, against = "yield_chain/poe.lua", goal = 2 },
  { name = "ask", folder = "straight", program = "ask.lua", n = 1000000, against = "ping_pong/poe.lua", goal = 2.5 },
  { name = "get_echo", folder = "straight", program = "get.lua", n = 2, load = "50 64 1",
    against = "tcp_echo/poe.lua", goal = 1.2 },
  { name = "start", n = 300, starts = true, goal = 1.3 },
}

local COLUMNS = "%-14s %9s %10s %10s %7s %6s %13s %6s  %s\n"

local function fail(...)
  io.stderr:write("bench: ", string.format(...), "\n")
  os.exit(1)
end

local function quote(word)
  return "'" .. word:gsub("'", [['\'']]) .. "'"
end

local function exists(path)
  local file = io.open(path)
  return file ~= nil and file:close()
end

local function median(values)
  table.sort(values)
  local middle = #values // 2
  return #values % 2 == 1 and values[middle + 1] or (values[middle] + values[middle + 1]) / 2
end

---@param list Benchmark[]
---@param names string[]
---@return Benchmark[]  those named, by their own name or their folder's; all without names
local function select_benchmarks(list, names)
  if #names == 0 then return list end
  local wanted, chosen = {}, {}
  for _, name in ipairs(names) do wanted[name] = true end
  for _, benchmark in ipairs(list) do
    if wanted[benchmark.name] or wanted[benchmark.folder] then
      chosen[#chosen + 1] = benchmark
    end
  end
  for _, benchmark in ipairs(list) do
    wanted[benchmark.name] = nil
    if benchmark.folder then wanted[benchmark.folder] = nil end
  end
  local unknown = next(wanted)
  if unknown then fail("no such benchmark: %s", unknown) end
  return chosen
end

---@param arguments string[]
---@return integer runs, string[] names
local function parse(arguments)
  local runs, names = 5, {}
  local i = 1
  while arguments[i] do
    local option, value = arguments[i]:match "^(%-%a)(.*)$"
    if option == "-r" then
      if value == "" then
        i = i + 1
        value = arguments[i]
      end
      runs = math.tointeger(tonumber(value)) or 0
      if runs < 1 then fail("-r wants a number of runs, got %s", value) end
    elseif option then
      fail("unknown option: %s\nusage: run.lua [-r RUNS] [NAME...]", arguments[i])
    else
      names[#names + 1] = arguments[i]
    end
    i = i + 1
  end
  return runs, names
end

--- The command that runs a benchmark's program; ours finds its `bench` first, then whatever
--- the caller's path gives it.
---@param program string  folder/file
local function poe_command(benchmark, program)
  local path = os.getenv "LUA_PATH_5_4" or os.getenv "LUA_PATH" or ";"
  return ("LUA_PATH_5_4=%s %s %s %d %s"):format(
    quote(HERE .. "/lib/?.lua;" .. path), quote(POE), quote(HERE .. "/" .. program),
    benchmark.n, benchmark.mode or "")
end

local FLOORS = FLOOR:match "^(.*)/[^/]*$" or "."

local function floor_command(benchmark)
  return ("%s %s %d %s"):format(
    quote(FLOOR), benchmark.folder or benchmark.name, benchmark.n, benchmark.mode or "")
end

--- Starts a command n times, one after the other, in a shell; reports as the programs do.
local function start_command(n, command)
  return ([[sh -c 's=$(date +%%s%%N); i=0; while [ $i -lt %d ]; do %s || exit 1; i=$((i+1)); done; ]]
    .. [[e=$(date +%%s%%N); echo "start %d $(((e-s)/1000)).0e-6"']]):format(n, command, n)
end

---@return { ns: number, bytes: number?, stop: number? }?  of one operation; stop: x create; nil when the program failed
local function measure(command)
  local pipe <close> = assert(io.popen(command))
  local output = pipe:read "a"
  local ops, seconds, extra = output:match "^%S+ (%d+) ([%d.e-]+)([^\n]*)\n"
  if not pipe:close() or not ops then
    io.stderr:write("bench: failed: ", command, "\n", output)
    return nil
  end
  local rss, stop = extra:match "rss=(%d+)", extra:match "stop=([%d.]+)"
  return { ns = seconds * 1e9 / ops, bytes = rss and rss / ops, stop = stop and stop / seconds }
end

--- The CPU seconds a process has used.
local function cpu_seconds(pid)
  local f = io.open(("/proc/%d/stat"):format(pid))
  if not f then return nil end
  local rest = f:read("a"):match "%) (.*)$"
  f:close()
  local fields = {}
  for field in rest:gmatch "%S+" do fields[#fields + 1] = tonumber(field) or 0 end
  return (fields[12] + fields[13]) / 100 -- clock ticks
end

local next_port = 20000 + os.time() % 20000

--- A server's CPU time per message, while the loader runs for the benchmark's seconds; the two have a
--- processor each.
local function measure_server(benchmark, command)
  local port = next_port
  next_port = next_port + 1
  local pipe <close> = assert(io.popen(("taskset -c 0 %s >/dev/null & echo $!"):format(command:format(port))))
  local pid = tonumber(pipe:read "l")
  os.execute "sleep 0.3"
  local before = cpu_seconds(pid)
  local loader = benchmark.load == "wrk" and ("wrk -t1 -c64 -d%ds http://127.0.0.1:%d/"):format(benchmark.n, port)
    or ("%s/load %d %s %s"):format(quote(FLOORS), port, benchmark.load, benchmark.n)
  local load <close> = assert(io.popen("taskset -c 1 " .. loader))
  local said = load:read "a"
  local ops = tonumber(said:match "(%d+) requests in" or said:match "^%d+")
  local after = cpu_seconds(pid)
  os.execute(("kill %d"):format(pid))
  if not (ops and ops > 0 and before and after) then
    io.stderr:write("bench: failed: ", command:format(port), "\n")
    return nil
  end
  return { ns = (after - before) * 1e9 / ops }
end

local function measure_program(benchmark, program)
  if not benchmark.load then return measure(poe_command(benchmark, program)) end
  return measure_server(benchmark, ("%s %s/%s %%d"):format(POE, HERE, program))
end

local function measure_floor(benchmark)
  if benchmark.against then return measure_program(benchmark, benchmark.against) end
  if benchmark.starts then return measure(start_command(benchmark.n, FLOORS .. "/start")) end
  if not benchmark.load then return measure(floor_command(benchmark)) end
  return measure_server(benchmark, ("%s/sockets %s %%d"):format(FLOORS, benchmark.floor))
end

local function measure_poe(benchmark)
  if benchmark.starts then return measure(start_command(benchmark.n, POE .. [[ -e ""]])) end
  return measure_program(benchmark,
    ("%s/%s"):format(benchmark.folder or benchmark.name, benchmark.program or "poe.lua"))
end

---@return boolean?  whether both programs did their work
local function run(benchmark, runs)
  local floor_ns, poe_ns, ratios, floor_bytes, poe_bytes, stops = {}, {}, {}, {}, {}, {}
  for i = 1, runs do
    local poe = i % 2 == 0 and measure_poe(benchmark)
    local floor = measure_floor(benchmark)
    if i % 2 == 1 then poe = measure_poe(benchmark) end
    if not (poe and floor) then return nil end
    floor_ns[i], poe_ns[i], ratios[i] = floor.ns, poe.ns, poe.ns / floor.ns
    floor_bytes[i], poe_bytes[i], stops[i] = floor.bytes, poe.bytes, poe.stop
  end

  local floor, poe, ratio = median(floor_ns), median(poe_ns), median(ratios)
  local goal, goal_bytes = benchmark.goal, benchmark.goal_bytes
  local bytes = goal_bytes and median(poe_bytes)
  local stop = benchmark.goal_stop and median(stops)
  local missed = goal and ratio > goal or bytes and bytes > goal_bytes or stop and stop > benchmark.goal_stop
  io.write(COLUMNS:format(
    benchmark.name, benchmark.n, ("%.1f"):format(floor), ("%.1f"):format(poe),
    ("%.2f"):format(ratio), goal and ("%.2f"):format(goal) or "-",
    bytes and ("%.0f (%.0f)"):format(bytes, median(floor_bytes)) or "-", goal_bytes or "-",
    (missed and "missed" or "ok") .. (stop and (", stop %.2f x create (%.2f)"):format(stop, benchmark.goal_stop) or "")))
  io.flush()
  return true
end

--- The shared harness is told where our programs are, by paths that hold in any folder.
local function run_peers(runs, names)
  local every = PEERS:match "^%s*1%s*$" or PEERS:match "^%s*all%s*$"
  local peers = every and "" or "poe floor " .. PEERS
  local executable = POE
  if POE:find "^[^/].*/" then executable = (os.getenv "PWD" or ".") .. "/" .. POE end
  if #names == 0 then
    local seen = {}
    for _, benchmark in ipairs(BENCHMARKS) do
      local name = benchmark.load and (benchmark.name:match "^tcp_stream" or benchmark.folder)
        or benchmark.name
      local shared = not (benchmark.program or benchmark.starts)
      if shared and not seen[name] then names[#names + 1] = name end
      seen[name] = true
    end
  end
  for _, name in ipairs(names) do
    -- -o: its own place for results belongs to whoever owns the harness
    local done = os.execute(("POE=%s POE_PROGRAMS=%s %s %s %s -r %d -o /dev/null"):format(
      quote(executable), quote(HERE), quote(PEERS_HARNESS), quote(name), peers, runs))
    if not done then return nil end
  end
  return true
end

local runs, names = parse(arg)
if PEERS and PEERS ~= "" and exists(PEERS_HARNESS) then
  os.exit(run_peers(runs, names) or 1)
end
local chosen = select_benchmarks(BENCHMARKS, names)
local succeeded = true
io.write(COLUMNS:format("benchmark", "n", "floor ns", "poe ns", "ratio", "goal",
  "bytes (floor)", "goal", ""))
for _, benchmark in ipairs(chosen) do
  succeeded = run(benchmark, runs) and succeeded
end
os.exit(succeeded and 0 or 1)
