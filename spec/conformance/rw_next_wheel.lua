-- R273: a wheel closed, its handle goes to the next
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new { handle = a, input_event = "line" }
    HEAP.b:write "one\n"
  end,
  line = function(line)
    print("line " .. line)
    local handle, id = HEAP.w:get_input_handle(), HEAP.w:ID()
    HEAP.w:close()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = handle, filter = poe.filter.Stream.new(), input_event = "stream",
    }
    print(HEAP.w:ID() > id and "a later id" or "?")
    HEAP.b:write "two"
  end,
  stream = function(data) print("stream " .. data) HEAP.w:close() end,
} }
KERNEL:run()
