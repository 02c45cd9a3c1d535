-- R42 R54 R227 R240: the program itself, outside any session
local poe = require "poe"

local function result(ok, _, code) return ok and "ok" or code end
print("active session is the kernel: " .. (KERNEL:get_active_session() == KERNEL and "yes" or "no"))
print("active event: " .. (KERNEL:get_active_event() and "some" or "none"))
local a = poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("end", 0.02) end,
  ask = function()
    print("A:ask sent by the kernel: " .. (SENDER == KERNEL and "yes" or "no")
      .. ", in " .. (CALLER_STATE or "nothing"))
    return "answer"
  end,
  ["end"] = function() print "A:end" end,
} }
print("call: " .. call(a, "ask"))
yield "lost"
post(a, "ask")
print("state: " .. result(KERNEL:state("x", function() end)))
print("detach_child: " .. result(KERNEL:detach_child(a)))
print("detach_child of nobody: " .. result(KERNEL:detach_child "nobody"))
KERNEL:run()
print("active session is the kernel: " .. (KERNEL:get_active_session() == KERNEL and "yes" or "no"))
