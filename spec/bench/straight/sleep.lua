--- One handler waits n times in a loop: as many events as yield_chain has.
local bench = require "bench"
bench.use(function() return poe.hrtime() * 1e-9 end)

local n = tonumber(arg[1]) or 100000
local sleep = poe.sleep
local seconds

poe.Session.create {
  inline_states = {
    _start = function()
      local started = bench.now()
      for _ = 1, n do sleep(0) end
      seconds = bench.now() - started
    end,
  },
}
KERNEL:run()
bench.report("poe", n, seconds)
