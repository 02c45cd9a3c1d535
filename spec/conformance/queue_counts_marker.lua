-- R9 R242: the marker of a fresh session counts as an event
local poe = require "poe"

print("before: " .. KERNEL:get_event_count())
poe.Session.create { inline_states = {
  _start = function()
    print("in _start: " .. KERNEL:get_event_count())
    yield "x"
    print("after a yield: " .. KERNEL:get_event_count())
  end,
  x = function() print("in x: " .. KERNEL:get_event_count()) end,
} }
print("created: " .. KERNEL:get_event_count())
KERNEL:run()
