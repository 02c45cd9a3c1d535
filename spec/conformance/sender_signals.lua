-- R56: signals come from the kernel; only a posted one tells the event that sent it
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function seen(signal)
  print(STATE .. " of " .. signal .. ": sender " .. name(SENDER) .. ", caller " .. (CALLER_STATE or "none")
    .. ", active " .. KERNEL:get_active_event())
  KERNEL:sig_handled()
end
local b = poe.Session.create { heap = "B", inline_states = {
  _start = function() KERNEL:sig("foo", "got") KERNEL:sig("DIE", "died") KERNEL:delay("boom", 0.02) end,
  got = seen,
  boom = function() print "boom" error "bang" end,
  died = seen,
} }
poe.Session.create { heap = "A", inline_states = {
  _start = function() yield "go" end,
  go = function() print("signal: " .. (KERNEL:signal(b, "foo") and "ok" or "refused")) end,
} }
KERNEL:run()
