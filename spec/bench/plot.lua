--- `make bench-plot`: what grows with what.  Writes results/growth.txt and results/growth.svg beside this program.
---
--- The cost of an event with 10 to a million sessions, queued events and timers (the median of RUNS); resident memory
--- before, at and after a burst; the longest gaps between handlers; fairness.

local POE = os.getenv "POE" or "build/release/poe"
local HERE = arg[0]:match "^(.*)/[^/]*$" or "."
local RUNS <const> = 3
local COUNTS <const> = { 10, 1000, 100000, 1000000 }
local KINDS <const> = { "sessions", "events", "timers" }
local COLOURS <const> = { sessions = "#0072b2", events = "#d55e00", timers = "#009e73" }

local function run(command)
  local pipe <close> = assert(io.popen(command))
  local output = pipe:read "a"
  assert(pipe:close(), command)
  return output
end

local function poe(program, ...)
  return run(("LUA_PATH_5_4='%s/lib/?.lua;;' %s %s/%s %s"):format(HERE, POE, HERE, program, table.concat({ ... }, " ")))
end

---@return number[]  the numbers in a program's line
local function numbers(output)
  local list = {}
  for word in output:gmatch "%S+" do list[#list + 1] = tonumber(word) end
  return list
end

local text = {}
local function say(format, ...)
  local line = format:format(...)
  text[#text + 1] = line
  print(line)
end

local cost = {}
say("%-10s %12s %12s %12s %12s   ns an event; a timer: set and taken back", "", "10", "1000", "100000", "1000000")
for _, kind in ipairs(KINDS) do
  cost[kind] = {}
  for i, n in ipairs(COUNTS) do
    local runs = {}
    for r = 1, RUNS do runs[r] = numbers(poe("growth/cost.lua", kind, n))[2] end
    table.sort(runs)
    cost[kind][i] = runs[RUNS // 2 + 1]
  end
  say("%-10s %12.0f %12.0f %12.0f %12.0f", kind, table.unpack(cost[kind]))
end

local burst = numbers(poe("growth/burst.lua", 3000000))
say("\nburst of %d queued events, each with a table: %.0f MB resident before, %.0f at most, %.0f a second after",
  burst[1], burst[2] / 1e6, burst[3] / 1e6, burst[4] / 1e6)

say "\nlongest gap between two handlers, each making garbage; gaps over 1 ms in 3 million handlers"
for _, kind in ipairs { "events", "sessions" } do
  for _, mode in ipairs { "incremental", "generational" } do
    local pause = numbers(poe("growth/pause.lua", kind, 1000000, mode))
    say("  %d %-9s %-13s %8.1f ms %6d", pause[1], kind, mode, pause[2], pause[3])
  end
end

say "\nfairness: with a session that posts to itself for ever, and without"
for _, mode in ipairs { "quiet", "busy" } do
  local late = numbers(poe("fairness/timer.lua", mode, 300))
  say("  timer late %-6s median %7.3f ms, p99 %7.3f ms", mode, late[2] * 1e3, late[3] * 1e3)
end
local port = 20000 + os.time() % 20000
for i, mode in ipairs { "quiet", "busy" } do
  local pid = run(("taskset -c 0 %s %s/fairness/echo.lua %d %s >/dev/null & echo $!"):format(POE, HERE, port + i, mode))
  os.execute "sleep 0.5"
  local took = numbers(run(("taskset -c 1 %s %s/fairness/client.lua %d 5000"):format(POE, HERE, port + i)))
  os.execute("kill " .. pid)
  say("  echo of a line %-6s median %7.3f ms, p99 %7.3f ms", mode, took[2] * 1e3, took[3] * 1e3)
end

-- the plot: both axes logarithmic ----------------------------------------------------------------

local WIDTH <const>, HEIGHT <const>, LEFT <const>, TOP <const>, RIGHT <const>, BOTTOM <const> = 640, 400, 70, 40, 110, 50
local LOW <const>, HIGH <const> = 10, 10000 -- ns

local function log10(x) return math.log(x, 10) end
local function x_of(n) return LEFT + (log10(n) - 1) / 5 * (WIDTH - LEFT - RIGHT) end
local function y_of(ns)
  return HEIGHT - BOTTOM - (log10(ns) - log10(LOW)) / (log10(HIGH) - log10(LOW)) * (HEIGHT - TOP - BOTTOM)
end

local svg = { ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">')
  :format(WIDTH, HEIGHT), '<rect width="100%" height="100%" fill="white"/>',
  ('<text x="%d" y="22" font-size="15">cost of one event, ns</text>'):format(LEFT) }
local function draw(format, ...) svg[#svg + 1] = format:format(...) end
for power = 1, 4 do
  local y = y_of(10 ^ power)
  draw('<path d="M%d %.1fH%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%d</text>',
    LEFT, y, WIDTH - RIGHT, LEFT - 8, y + 4, 10 ^ power // 1 | 0)
end
for power = 1, 6 do
  draw('<text x="%.1f" y="%d" text-anchor="middle">10<tspan dy="-5" font-size="9">%d</tspan></text>',
    x_of(10 ^ power), HEIGHT - BOTTOM + 20, power)
end
draw('<text x="%.1f" y="%d" text-anchor="middle">how many there are</text>', (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8)
for _, kind in ipairs(KINDS) do
  local points = {}
  for i, n in ipairs(COUNTS) do
    points[i] = ("%.1f,%.1f"):format(x_of(n), y_of(cost[kind][i]))
    draw('<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>', x_of(n), y_of(cost[kind][i]), COLOURS[kind])
  end
  draw('<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>', table.concat(points, " "), COLOURS[kind])
  draw('<text x="%d" y="%.1f" fill="%s">%s</text>', WIDTH - RIGHT + 10, y_of(cost[kind][#COUNTS]) + 4, COLOURS[kind], kind)
end
svg[#svg + 1] = "</svg>"

local function write(name, lines)
  local file <close> = assert(io.open(HERE .. "/results/" .. name, "w"))
  assert(file:write(table.concat(lines, "\n"), "\n"))
end
os.execute("mkdir -p " .. HERE .. "/results")
write("growth.txt", text)
write("growth.svg", svg)
