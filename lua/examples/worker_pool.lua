-- Jobs queue up for two workers; a worker asks for the next job when it has finished one.
local poe = require "poe"

local jobs = { "apples", "bread", "cheese", "dates", "eggs" }

poe.spawn {
  _start = function()
    KERNEL:alias_set "boss"
    for n = 1, 2 do
      poe.spawn({
        _start = function(name) HEAP.name = name post("boss", "idle") end,
        job    = function(what) KERNEL:delay("done", 0.01, what) end,
        done   = function(what)
          post("boss", "finished", what)
          post("boss", "idle")
        end,
      }, "worker " .. n)
    end
  end,

  idle = function()
    local job = table.remove(jobs, 1)
    if job then post(SENDER, "job", job) end
  end,

  finished = function(what)
    HEAP.count = (HEAP.count or 0) + 1
    if HEAP.count == 5 then print("all five jobs are done, the last was " .. what) end
  end,
}

-- prints:
-- all five jobs are done, the last was eggs
