--- Resident bytes before, at and after a burst of arg[1] queued events, each with a table.
local n = tonumber(arg[1]) or 3000000
local bench = require "bench"
local before, peak

poe.Session.create { inline_states = {
  _start = function()
    collectgarbage()
    before = bench.rss()
    for i = 1, n do yield("one", i, { i }) end
    peak = bench.rss()
    KERNEL:delay("rested", 0.5)
  end,
  one = function() end,
  rested = function()
    collectgarbage()
    KERNEL:delay("over", 0.5)
  end,
  over = function()
    print(("%d %d %d %d"):format(n, before, peak, bench.rss()))
  end,
} }
KERNEL:run()
