--- A thousand sessions hand a token round: n hops.  Each knows the next, as the floor's do.
local bench = require "bench"
bench.use(function() return poe.hrtime() * 1e-9 end)

local n = tonumber(arg[1]) or 100000
local SIZE <const> = 1000
local post = post
local ring, follow = {}, {}

local function leave()
  for _, session in ipairs(ring) do
    KERNEL:refcount_decrement(session:ID(), "ring")
  end
end

-- Returns a session, and what tells it who comes after it.
local function join()
  local after
  local session = poe.Session.create {
    inline_states = {
      token = function(hops)
        if hops > 0 then post(after, "token", hops - 1) else leave() end
      end,
    },
  }
  return session, function(session) after = session end
end

for i = 1, SIZE do
  ring[i], follow[i] = join()
  KERNEL:refcount_increment(ring[i]:ID(), "ring")
end
for i = 1, SIZE do follow[i](ring[i % SIZE + 1]) end
follow = nil

local started = bench.now()
post(ring[1], "token", n)
KERNEL:run()
bench.report("poe", n, bench.now() - started)
