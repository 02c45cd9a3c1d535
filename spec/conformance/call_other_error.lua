-- R52: an error in another session's handler does not reach the caller
local poe = require "poe"

local b = poe.Session.create { heap = "B", inline_states = {
  _start = function() KERNEL:sig("DIE", "died") KERNEL:refcount_increment(SESSION:ID(), "work") end,
  boom = function() print "B:boom" error "bang" end,
  fine = function() return "B is fine" end,
  died = function(_, info)
    print("B:died of " .. info.event .. ", from " .. info.source_session:get_heap()
      .. " in " .. info.from_state)
    KERNEL:sig_handled()
  end,
  ["end"] = function() print "B:end" KERNEL:refcount_decrement(SESSION:ID(), "work") end,
  _stop = function() print "B:_stop" end,
} }
poe.Session.create { heap = "A", inline_states = {
  _start = function() KERNEL:sig("DIE", "died") yield "go" yield "queued" end,
  go = function()
    local result, _, code = call(b, "boom")
    assert(code == "DIE")
    print("A:go got " .. (result or "nothing"))
    print("A:go got " .. (call(b, "fine") or "nothing"))
    yield "end"
  end,
  queued = function() print "A:queued" end,
  died = function() print "A:died" end,
  ["end"] = function() print "A:end" post(b, "end") KERNEL:delay("late", 0.02) end,
  late = function() print "A:late" end,
} }
KERNEL:run()
