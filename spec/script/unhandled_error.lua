-- An error no one handles stops every session, then ends the program as lua would.
poe.spawn {
  _start = function() KERNEL:alias_set "bystander" KERNEL:delay("never", 60) end,
  _stop = function() print "the bystander stops, too" end, -- expect 2: the bystander stops, too
}
poe.spawn {
  _start = function() KERNEL:alias_set "culprit" yield "fail" end,
  fail = function()
    local nothing
    return nothing.field
  end,
  _stop = function() print "the culprit stops" end, -- expect 1: the culprit stops
}
-- expect-error: unhandled_error.lua:10: attempt to index a nil value (local 'nothing')
-- expect-error: in session 3 (culprit), event 'fail', from session 3 (culprit) in '_start'
-- expect-exit: 1
