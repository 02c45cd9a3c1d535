-- R268 R270: two peers agree on another filter in the middle of a conversation
local poe = require "poe"

local a, b = poe.socket.pair()
local function peer(name, handle, does)
  poe.Session.create { inline_states = {
    _start = function()
      HEAP.w = poe.wheel.ReadWrite.new {
        handle = handle, input_event = "in", error_event = "error",
      }
      if does.start then does.start(HEAP.w) end
    end,
    ["in"] = function(record)
      print(name .. " in " .. record)
      if does[record] then does[record](HEAP.w) end
    end,
    error = function(_, code) print(name .. " " .. code) HEAP.w:close() end,
  } }
end
peer("A", a, {
  start = function(w) w:put("hello", "UPGRADE") end,
  OK = function(w)
    w:set_filter(poe.filter.Block.new())
    w:put "a block\nof two lines"
  end,
  last = function(w) w:shutdown_output() end,
})
peer("B", b, {
  UPGRADE = function(w)
    w:put "OK"
    w:set_filter(poe.filter.Block.new())
  end,
  ["a block\nof two lines"] = function(w)
    w:put "first"
    w:put "last"
  end,
})
KERNEL:run()
