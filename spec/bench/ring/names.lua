--- A thousand sessions hand a token round, and each handler uses HEAP, SESSION and SENDER: n hops.
local bench = require "bench"
bench.use(function() return poe.hrtime() * 1e-9 end)

local n = tonumber(arg[1]) or 100000
local SIZE <const> = 1000
local post = post
local ring = {}

local function leave()
  for _, session in ipairs(ring) do
    KERNEL:refcount_decrement(session:ID(), "ring")
  end
end

for i = 1, SIZE do
  ring[i] = poe.Session.create {
    heap = {},
    inline_states = {
      token = function(hops)
        if hops > 0 and SENDER ~= SESSION then post(HEAP.after, "token", hops - 1) else leave() end
      end,
    },
  }
  KERNEL:refcount_increment(ring[i]:ID(), "ring")
end
for i = 1, SIZE do ring[i]:get_heap().after = ring[i % SIZE + 1] end

local started = bench.now()
post(ring[1], "token", n)
KERNEL:run()
bench.report("poe", n, bench.now() - started)
