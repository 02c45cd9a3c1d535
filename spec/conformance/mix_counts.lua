-- R9 R241 R242 R240: how much is queued, everywhere
local poe = require "poe"

local function count(where)
  print(where .. ": " .. KERNEL:get_event_count() .. " " .. (KERNEL:get_next_event_time() and "some" or "none"))
end
count "program"
local s = poe.Session.create { inline_states = {
  _start = function()
    count "_start"
    yield "x"
    count "yield"
    KERNEL:delay("t", 0.02)
    count "delay"
    KERNEL:sig("foo", "sig")
    KERNEL:signal(SESSION, "foo")
    count "signal"
    KERNEL:delay "t"
    count "delay cleared"
    KERNEL:delay_set("t", 0.02)
    KERNEL:alarm_set("t", 5)
    count "past alarm"
  end,
  x = function()
    count "x"
    call(SESSION, "c")
    KERNEL:alarm_remove_all()
    count "cleared"
    poe.Session.create { inline_states = {
      _start = function() count "child _start" end,
      _stop = function() count "child _stop" end,
    } }
    count "child made"
    post(SESSION, "y")
    post("nobody", "y")
    count "posted"
  end,
  c = function() count "call" end,
  t = function() count "t" end,
  y = function()
    count "y"
    KERNEL:signal(SESSION, "TERM")
    yield "z"
    count "TERM"
  end,
  z = function() count "z?" end,
  sig = function() count "sig" end,
  _child = function(reason) count("_child " .. reason) end,
  _stop = function() count "_stop" yield "never" KERNEL:delay("never", 1) end,
} }
count "made"
post(s, "y")
count "posted by the program"
KERNEL:run()
count "after run"
