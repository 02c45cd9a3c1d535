-- R18: stop() inside _start ends the session before create returns
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
poe.Session.create { heap = "A", inline_states = {
  _start = function()
    print "A:_start"
    yield "never"
    KERNEL:stop()
    print("A:_start goes on, active: " .. name(KERNEL:get_active_session()))
  end,
  never = function() print "A:never" end,
  _stop = function() print("A:_stop from " .. name(SENDER)) end,
} }
print "create returned"
KERNEL:run()
print "run returned"
