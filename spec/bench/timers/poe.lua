--- n timers of 0 to 1000 ms set in one handler, then all removed (`cancel`: wall time) or
--- all left to fire (`fire`: CPU time, since most of the wall time is waiting).
local bench = require "bench"
bench.use(function() return poe.hrtime() * 1e-9 end)

local n, mode = tonumber(arg[1]) or 10000, arg[2] or "cancel"
local cputime = poe.cputime or os.clock
local random = math.random
local fired = 0
local started, started_cpu, inserted, seconds

math.randomseed(1)
poe.Session.create {
  inline_states = {
    _start = function()
      local kernel, ids = KERNEL, {}
      started, started_cpu = bench.now(), cputime()
      for i = 1, n do
        ids[i] = kernel:delay_set("t", random(0, 1000) / 1000)
      end
      inserted = bench.now()
      if mode == "fire" then return end
      for i = 1, n do
        kernel:alarm_remove(ids[i])
      end
      seconds = bench.now() - started
    end,
    t = function()
      fired = fired + 1
      if fired == n then seconds = cputime() - started_cpu end
    end,
  },
}
KERNEL:run()
assert(fired == (mode == "fire" and n or 0))
bench.report("poe", n, seconds, ("insert=%.6f"):format(inserted - started))
