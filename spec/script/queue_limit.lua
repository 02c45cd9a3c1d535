-- A session with a queue_limit refuses more; what it has accepted is not lost.
local slow = poe.Session.create {
  queue_limit = 2,
  inline_states = {
    work = function(n) print("work " .. n) end,
    -- expect 4: work 1
    -- expect 5: work 2
    timer = function() print "timers are never refused" end,  -- expect 6: timers are never refused
    start = function() KERNEL:delay_set("timer", 0) end,
  },
}
print(post(slow, "work", 1))  -- expect 1: true
print(post(slow, "work", 2))  -- expect 2: true
print(post(slow, "work", 3))  -- expect 3: nil\tENOBUFS: session 2 has no room for event 'work'\tENOBUFS
call(slow, "start")
