--- Two sessions play one ball, and each handler uses HEAP, SESSION and SENDER: n messages in all.
local bench = require "bench"
bench.use(function() return poe.hrtime() * 1e-9 end)

local n = tonumber(arg[1]) or 100000
local post = post
local a, b

local function leave()
  KERNEL:refcount_decrement(a:ID(), "game")
  KERNEL:refcount_decrement(b:ID(), "game")
end

local function player()
  return poe.Session.create {
    heap = { hits = 0 },
    inline_states = {
      serve = function(count) post(b, "ball", count) end,
      ball = function(count)
        local heap, from = HEAP, SENDER
        heap.hits = heap.hits + 1
        if count < n and from ~= SESSION then post(from, "ball", count + 1) else leave() end
      end,
    },
  }
end

a, b = player(), player()
KERNEL:refcount_increment(a:ID(), "game")
KERNEL:refcount_increment(b:ID(), "game")

local started = bench.now()
post(a, "serve", 1)
KERNEL:run()
assert(a:get_heap().hits + b:get_heap().hits == n)
bench.report("poe", n, bench.now() - started)
