-- R271: the names of events may change between two records of a read
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a, b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, input_event = "header", flushed_event = "flushed_1", error_event = "error_1",
    }
    b:write "To: me\nFrom: you\n\nbody 1\nbody 2\n"
    b:close()
  end,
  header = function(line)
    print("header '" .. line .. "'")
    if line == "" then HEAP.w:event { input_event = "body", error_event = "error_2" } end
  end,
  body = function(line) print("body '" .. line .. "'") end,
  error_1 = function() print "error_1" HEAP.w:close() end,
  error_2 = function() print "error_2" HEAP.w:close() end,
} }
KERNEL:run()
