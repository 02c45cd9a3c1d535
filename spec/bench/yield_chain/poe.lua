--- One session posts to itself: n events, one in flight.
local bench = require "bench"
bench.use(function() return poe.hrtime() * 1e-9 end)

local n = tonumber(arg[1]) or 100000
local left = n
local yield = yield

local started = bench.now()
poe.Session.create {
  inline_states = {
    _start = function() yield("tick", 42) end,
    tick = function(value)
      left = left - 1
      if left > 0 then yield("tick", value) end
    end,
  },
}
KERNEL:run()
assert(left == 0)
bench.report("poe", n, bench.now() - started)
