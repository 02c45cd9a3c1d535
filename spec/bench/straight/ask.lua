--- One session asks another n times: a round trip is two of ping_pong's messages, and counts as one.
local bench = require "bench"
bench.use(function() return poe.hrtime() * 1e-9 end)

local n = tonumber(arg[1]) or 100000
local ask = poe.ask
local seconds

local server = poe.Session.create {
  inline_states = { double = function(x) return x * 2 end },
}
KERNEL:refcount_increment(server:ID(), "asked")
poe.Session.create {
  inline_states = {
    _start = function()
      local started = bench.now()
      for i = 1, n do
        if ask(server, "double", i) ~= i * 2 then error "a wrong answer" end
      end
      seconds = bench.now() - started
      KERNEL:refcount_decrement(server:ID(), "asked")
    end,
  },
}
KERNEL:run()
bench.report("poe", n, seconds)
