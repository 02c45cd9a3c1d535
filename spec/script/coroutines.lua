-- A script's own coroutines work in handlers and live on between events.
poe.spawn {
  _start = function()
    HEAP.count = coroutine.wrap(function()
      for n = 1, 3 do coroutine.yield(n .. " in " .. STATE) end
    end)
    print(HEAP.count())       -- expect 1: 1 in _start
    yield "more"
  end,
  more = function()
    print(HEAP.count())       -- expect 2: 2 in more
    KERNEL:delay("last", 0)
  end,
  last = function()
    print(HEAP.count())       -- expect 3: 3 in last
    print(pcall(function() coroutine.yield() return "not reached" end))
    -- expect 4: false\tattempt to yield from outside a coroutine
  end,
}
