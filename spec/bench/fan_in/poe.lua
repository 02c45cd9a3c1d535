--- A hundred producers send (integer, string, table) to one consumer: n messages in all.
local bench = require "bench"
bench.use(function() return poe.hrtime() * 1e-9 end)

local n = tonumber(arg[1]) or 100000
local PRODUCERS <const>, BURST <const> = 100, 100
local each = n // PRODUCERS
local total = each * PRODUCERS
local post, yield = post, yield
local got, sum = 0, 0

local sink
sink = poe.Session.create {
  inline_states = {
    data = function(number, _, list)
      got = got + 1
      sum = sum + number + list[1]
      if got == total then KERNEL:refcount_decrement(sink:ID(), "input") end
    end,
  },
}
KERNEL:refcount_increment(sink:ID(), "input")

for producer = 1, PRODUCERS do
  local left = each
  poe.Session.create {
    inline_states = {
      _start = function() yield "go" end,
      go = function()
        for _ = 1, BURST do
          if left == 0 then return end
          left = left - 1
          post(sink, "data", left, "msg", { producer })
        end
        yield "go"
      end,
    },
  }
end

local started = bench.now()
KERNEL:run()
assert(got == total)
bench.report("poe", total, bench.now() - started)
