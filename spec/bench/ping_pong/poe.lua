--- Two sessions play one ball: n messages in all.
local bench = require "bench"
bench.use(function() return poe.hrtime() * 1e-9 end)

local n = tonumber(arg[1]) or 100000
local post = post
local a, b

-- Without a ball in the air nothing would reach a player: a reference keeps each in the game.
local function leave()
  KERNEL:refcount_decrement(a:ID(), "game")
  KERNEL:refcount_decrement(b:ID(), "game")
end

a = poe.Session.create {
  inline_states = {
    ball = function(count)
      if count < n then post(b, "ball", count + 1) else leave() end
    end,
  },
}
b = poe.Session.create {
  inline_states = {
    ball = function(count)
      if count < n then post(a, "ball", count + 1) else leave() end
    end,
  },
}
KERNEL:refcount_increment(a:ID(), "game")
KERNEL:refcount_increment(b:ID(), "game")

local started = bench.now()
post(a, "ball", 1)
KERNEL:run()
bench.report("poe", n, bench.now() - started)
