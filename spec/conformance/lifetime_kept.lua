-- R59: what keeps a session: events, timers, children, counts, postbacks
local poe = require "poe"

local live = {}
local function session(name, states)
  live[name] = true
  states = states or {}
  states._start = states._start or function() end
  states._stop = function() live[name] = nil end
  return poe.Session.create { inline_states = states }
end
local function nothing() end
local postback
local bag = session("counted", { _start = function() KERNEL:refcount_increment(SESSION:ID(), "tag") end })
session("posting back", { _start = function() postback = SESSION:postback "x" end })
session("timed", { _start = function() KERNEL:delay("x", 0.03) end, x = nothing })
session("parent", { _start = function()
  session("child", { _start = function() KERNEL:delay("x", 0.03) end, x = nothing })
end })
session("yielding", {
  _start = function() yield("next", 1) end,
  next = function(n) if n < 3 then yield("next", n + 1) end end,
})
session("aliased", { _start = function() KERNEL:alias_set "aliased" end })
session "nothing"
local function look(when)
  local names = {}
  for name in pairs(live) do names[#names + 1] = name end
  table.sort(names)
  print(when .. ": " .. table.concat(names, ", "))
end
for slice = 1, 4 do
  if slice == 4 then -- both timers are due then
    local over = poe.hrtime() + 50e6
    repeat until poe.hrtime() >= over
  end
  KERNEL:run_one_timeslice()
  look("after slice " .. slice)
end
session("watch", {
  _start = function() KERNEL:delay("release", 0.06) end,
  release = function()
    look "later"
    KERNEL:refcount_decrement(bag:ID(), "tag")
    postback:release()
    KERNEL:delay("last", 0.02)
  end,
  last = function() look "last" end,
})
KERNEL:run()
look "run returned"
