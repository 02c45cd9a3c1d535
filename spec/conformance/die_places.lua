-- R15 R140 R165: exceptions in _start, _child, signal handlers
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    KERNEL:sig("DIE", "die")
    KERNEL:sig("foo", "foo")
    local c = poe.Session.create { inline_states = {
      _start = function() print "c start" error("in start", 0) end,
      _stop = function() print "c stop" end,
    } }
    print(c and "session" or "none")
    KERNEL:signal(SESSION, "foo")
    yield "next"
  end,
  foo = function() error("in signal", 0) end,
  next = function() print "next" end,
  _child = function(reason, _, result)
    print("child " .. reason .. " " .. (result == nil and "nil" or 1))
    if reason == "lose" then error("in child", 0) end
  end,
  die = function(_, info)
    print("DIE " .. info.event .. ": " .. info.error_str)
    KERNEL:sig_handled()
  end,
  _stop = function() print "stop" end,
} }
KERNEL:run()
print "fine"
