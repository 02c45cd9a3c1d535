-- R50 R51: a call to oneself is a plain call, and nests deeply
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() yield "go" end,
  go = function()
    print(pcall(call, SESSION, "boom") and "no error" or "error is the caller's")
    print(call(SESSION, "deep", 500))
    print(call(SESSION, "who"))
  end,
  boom = function() error "x" end,
  deep = function(n) return n > 0 and 1 + call(SESSION, "deep", n - 1) or 0 end,
  who = function() return (SENDER == SESSION and "self " or "other ") .. CALLER_STATE end,
} }
KERNEL:run()
