-- R254 R256 R277: what input, flush and error events get
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, input_event = "in", flushed_event = "flushed", error_event = "error",
    }
    HEAP.w:put "out"
  end,
  flushed = function(...)
    local id = ...
    print(("flushed: %d argument, %s"):format(
      select("#", ...), id == HEAP.w:ID() and "the id" or "?"))
    HEAP.b:write "hello\n"
  end,
  ["in"] = function(...)
    local record, id = ...
    print(("in: %d arguments, %s, %s"):format(
      select("#", ...), record, id == HEAP.w:ID() and "the id" or "?"))
    print("sender " .. (SENDER == SESSION and "self" or "?"))
    HEAP.b:close()
  end,
  error = function(...)
    local op, code, _, id = ...
    print(("error: %d arguments, %s %s, %s"):format(
      select("#", ...), op, code, id == HEAP.w:ID() and "the id" or "?"))
    HEAP.w:close()
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
