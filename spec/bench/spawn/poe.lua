--- n idle sessions that wait for an event: the time to create one, its bytes, the time to
--- stop all.  They share one table of states; each has a heap of its own.
local bench = require "bench"
bench.use(function() return poe.hrtime() * 1e-9 end)

local n = tonumber(arg[1]) or 10000
local post = post
local stopped = 0

local states = {
  stop = function()
    HEAP.stop = true
    stopped = stopped + 1
  end,
}

local create = poe.Session.create
local sessions = {}
collectgarbage()
local rss, started = bench.rss(), bench.now()
for i = 1, n do
  sessions[i] = create { heap = { id = i }, inline_states = states }
end
local created = bench.now()
rss = bench.rss() - rss

-- Before the first slice each has its grace; then the event in the queue keeps it.
for i = 1, n do
  post(sessions[i], "stop")
end
KERNEL:run()
assert(stopped == n)
bench.report("poe", n, created - started,
  ("stop=%.6f rss=%d"):format(bench.now() - created, rss))
