-- R56: readiness comes from the session itself, without a caller
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a, b = poe.socket.pair()
    b:close()
    HEAP.a = a
    KERNEL:select_read(a, "readable", "extra", 2)
  end,
  readable = function(handle, mode, ...)
    print(STATE .. ": sender " .. (SENDER == SESSION and "self" or "other")
      .. ", caller " .. (CALLER_STATE or "none")
      .. ", active " .. KERNEL:get_active_event())
    print("the handle: " .. (handle == HEAP.a and "the same" or "another") .. ", mode " .. mode
      .. ", extras " .. table.concat({ ... }, " "))
    KERNEL:select_read(handle)
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
