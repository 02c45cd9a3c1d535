-- A boss hands out jobs to a few workers: a worker that has finished gets the next one.
local poe = require "poe"

local worker = {
  _start = function() KERNEL:refcount_increment(SESSION:ID(), "hired") end,
  job = function(n, seconds)
    HEAP.boss = SENDER
    KERNEL:delay("finished", seconds, n) -- stands for work that waits for something
  end,
  finished = function(n) post(HEAP.boss, "result", n, n * n) end,
  dismissed = function() KERNEL:refcount_decrement(SESSION:ID(), "hired") end,
  _stop = function() print("worker " .. SESSION:ID() .. " goes home") end,
}

poe.spawn({
  _start = function(jobs, workers)
    HEAP.jobs, HEAP.next_job, HEAP.sum = jobs, 1, 0
    for _ = 1, workers do call(SESSION, "employ", poe.spawn(worker)) end
  end,

  employ = function(who)
    local n = HEAP.next_job
    if n > HEAP.jobs then
      post(who, "dismissed")
    else
      HEAP.next_job = n + 1
      post(who, "job", n, 0.01 * n)
    end
  end,

  result = function(n, square)
    print(("job %d, by worker %d: %d"):format(n, SENDER:ID(), square))
    HEAP.sum = HEAP.sum + square
    call(SESSION, "employ", SENDER)
  end,

  _stop = function() print("sum " .. HEAP.sum) end,
}, 6, 3)

-- prints:
-- job 1, by worker 3: 1
-- job 2, by worker 4: 4
-- job 3, by worker 5: 9
-- job 4, by worker 3: 16
-- worker 3 goes home
-- job 5, by worker 4: 25
-- worker 4 goes home
-- job 6, by worker 5: 36
-- worker 5 goes home
-- sum 91
