-- R172: what the handler of a ready handle gets
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.a, HEAP.b = poe.socket.pair()
    HEAP.b:write "x"
    KERNEL:select_read(HEAP.a, "ready", "r", 1)
    KERNEL:select_write(HEAP.a, "ready", "w")
  end,
  ready = function(handle, mode, ...)
    print((handle == HEAP.a and "same" or "other") .. " " .. mode
      .. " (" .. table.concat({ ... }, " ") .. ")")
    if mode == "read" then KERNEL:select_read(handle) else KERNEL:select_write(handle) end
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
