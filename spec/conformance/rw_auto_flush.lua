-- R261: with auto_flush each put writes and tells before it returns
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, filter = poe.filter.Stream.new(), flushed_event = "flushed", auto_flush = true,
    }
    for _, data in ipairs { "one", "two" } do
      HEAP.w:put(data)
      print("put " .. data .. ", peer got " .. HEAP.b:read(10))
    end
    KERNEL:delay("done", 0.03)
  end,
  flushed = function() print "flushed" end,
  done = function() print "done" HEAP.w:close() end,
} }
KERNEL:run()
