--- The cost of one event, in nanoseconds, when there are arg[2] sessions, queued events or timers (arg[1]).
local kind, n = arg[1], tonumber(arg[2])
local ROUNDS <const> = math.max(1000000, n)
local post, hrtime = post, poe.hrtime
local took

local function report() print(("%s %d %.2f"):format(kind, n, took / ROUNDS)) end

local measure = {}

--- A token goes round them all, in the order they were made.
function measure.sessions()
  local ring, left, started = {}, ROUNDS, nil
  local states = {
    token = function(at)
      left = left - 1
      if left == 0 then
        took = hrtime() - started
        for i = 1, n do KERNEL:refcount_decrement(ring[i]:ID(), "ring") end
      else
        at = at % n + 1
        post(ring[at], "token", at)
      end
    end,
  }
  for i = 1, n do
    ring[i] = poe.Session.create { inline_states = states }
    KERNEL:refcount_increment(ring[i]:ID(), "ring")
  end
  collectgarbage()
  post(ring[1], "token", 1)
  started = hrtime()
end

--- As many are always in the queue.
function measure.events()
  local left = ROUNDS
  poe.Session.create { inline_states = {
    _start = function()
      for i = 1, n do yield("again", i) end
      collectgarbage()
      took = -hrtime()
    end,
    again = function(i)
      left = left - 1
      if left == 0 then took = took + hrtime() end
      if left > 0 then yield("again", i) end
    end,
  } }
end

--- One is set and another taken back, among as many that wait.
function measure.timers()
  poe.Session.create { inline_states = {
    _start = function()
      local kernel, random, ids = KERNEL, math.random, {}
      for i = 1, n do ids[i] = kernel:delay_set("never", random(1000, 100000)) end
      collectgarbage()
      local started = hrtime()
      for i = 1, ROUNDS do
        local at = i % n + 1
        kernel:alarm_remove(ids[at])
        ids[at] = kernel:delay_set("never", random(1000, 100000))
      end
      took = hrtime() - started
      kernel:alarm_remove_all()
    end,
  } }
end

measure[kind]()
KERNEL:run()
report()
