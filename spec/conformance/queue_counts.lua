-- R241: get_event_count and get_next_event_time tell of the whole queue
local poe = require "poe"

local function near(time, wanted)
  return time == nil and "none" or math.abs(time - wanted) < 0.5 and "right" or "wrong"
end
local function look(what, wanted)
  print(what .. ": " .. KERNEL:get_event_count() .. ", next " .. near(KERNEL:get_next_event_time(), wanted))
end
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("look", 0.01) end,
  look = function()
    look("alone", 0)
    local now = poe.time()
    KERNEL:alarm_set("later", now + 30)
    look("one timer", now + 30)
    KERNEL:delay("later", 20)
    look("its name set again", now + 20)
    KERNEL:delay_add("later", 10)
    look("one added", now + 10)
    yield "soon"
    yield "soon"
    look("two yields", now)
    KERNEL:delay "later"
    print("timers cleared: " .. KERNEL:get_event_count())
  end,
  soon = function() print("soon: " .. KERNEL:get_event_count() .. " more") end,
  later = function() print "never here" end,
} }
KERNEL:run()
look("after run", 0)
