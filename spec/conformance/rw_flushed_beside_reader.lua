-- R59 R258: a flush event due keeps its session while the other end reads
local poe = require "poe"

local a, b = poe.socket.pair()
poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.ReadWrite.new { handle = a, flushed_event = "flushed" }
    yield "produce"
  end,
  produce = function() HEAP.w:put "hello" end,
  flushed = function()
    print "flushed"
    HEAP.flushed = true
    HEAP.w:close()
  end,
  _stop = function()
    print("_stop " .. (HEAP.flushed and "after" or "before") .. " the flush event")
  end,
} }
local read = {}
poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.ReadWrite.new { handle = b, input_event = "in", error_event = "error" }
  end,
  ["in"] = function(line) table.insert(read, line) end,
  error = function(_, code) table.insert(read, code) HEAP.w:close() end,
} }
KERNEL:run()
print("read " .. table.concat(read, " "))
