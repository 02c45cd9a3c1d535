-- An error nobody handles stops every session; then the program ends as a failed Lua program does.
poe.spawn {
  _start = function() yield "boom" end,
  boom = function()
    print "before"                             -- expect 1: before
    error "nobody handles this"
    -- expect-error: error_unhandled.lua:6: nobody handles this
    -- expect-error: stack traceback:
    -- expect-error: in session 2, event 'boom', from session 2 in '_start'
  end,
  _stop = function() print "it stops" end,     -- expect 2: it stops
}
poe.spawn {
  _start = function() KERNEL:delay("x", 60) end,
  _stop = function() print "all stop" end,     -- expect 3: all stop
}
KERNEL:run()                                   -- raises
print "not reached"
-- expect-exit: 1
