-- R57: CALLER_FILE and CALLER_LINE tell where the event was posted
local poe = require "poe"

KERNEL:option { debug = true }
local function line() return debug.getinfo(2, "l").currentline end
local b = poe.Session.create { inline_states = {
  _start = function() end,
  here = function(what, expected)
    print(what .. ": line " .. (CALLER_LINE == expected and "right" or "wrong")
      .. ", file " .. (CALLER_FILE:find "caller_line%.lua$" and "right" or "wrong"))
  end,
} }
poe.Session.create { inline_states = {
  _start = function() yield "go" end,
  go = function()
    post(b, "here", "post", line())
    call(b, "here", "call", line())
    call(SESSION, "here", "call to oneself", line())
    yield("here", "yield", line())
    KERNEL:delay("here", 0.01, "delay", line())
    KERNEL:alarm_set("here", poe.time() + 1, "alarm", line())
    KERNEL:refcount_increment(b:ID(), "wait")
  end,
  here = function(what, expected)
    print(what .. ": line " .. (CALLER_LINE == expected and "right" or "wrong"))
    if what == "delay" then
      KERNEL:alarm_remove_all()
      KERNEL:refcount_decrement(b:ID(), "wait")
    end
  end,
} }
KERNEL:run()
