--- One session posts to itself, and each handler uses HEAP, SESSION and SENDER: n events, one in flight.
local bench = require "bench"
bench.use(function() return poe.hrtime() * 1e-9 end)

local n = tonumber(arg[1]) or 100000
local post = post

local started = bench.now()
local session = poe.Session.create {
  inline_states = {
    _start = function()
      HEAP.left = n
      yield("tick", 42)
    end,
    tick = function(value)
      local heap = HEAP
      heap.left = heap.left - 1
      if heap.left > 0 and SENDER == SESSION then post(heap.me, "tick", value) end
    end,
  },
}
session:get_heap().me = session
KERNEL:run()
assert(session:get_heap().left == 0)
bench.report("poe", n, bench.now() - started)
