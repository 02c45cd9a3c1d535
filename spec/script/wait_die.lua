-- A session's error that nobody handles ends the main chunk that waits, its <close> variables closed.
local _ <close> = setmetatable({}, { __close = function() print "the chunk is closed" end }) -- expect 2: the chunk is closed
poe.spawn {
  _start = function() KERNEL:delay("fail", 0.001) end,
  fail = function() error "failed" end,
  _stop = function() print "stops" end, -- expect 1: stops
}
poe.sleep(60)
print "never"
-- expect-error: wait_die.lua:5: failed
-- expect-error: in session 2, event 'fail', set by session 2 in '_start'
-- expect-exit: 1
