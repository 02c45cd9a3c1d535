-- R255: the events of a wheel come from the watching of its handle
local poe = require "poe"

local function by(id)
  local caller, how = (CALLER_STATE or "nothing"):match "ReadWrite%((%d+)%) %-> (select %a+)$"
  return tonumber(caller) == id and how or tostring(CALLER_STATE)
end
poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, input_event = "in", flushed_event = "flushed", error_event = "error",
    }
    HEAP.w:put "out"
  end,
  flushed = function(id)
    print("flushed by " .. by(id))
    HEAP.b:read(10)
    HEAP.b:write "line\n"
  end,
  ["in"] = function(_, id) print("in by " .. by(id)) HEAP.b:close() end,
  error = function(_, _, _, id) print("error by " .. by(id)) HEAP.w:close() end,
} }
KERNEL:run()
