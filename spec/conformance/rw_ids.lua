-- R277: wheel ids increase over all sessions
local poe = require "poe"

local ids = {}
for _ = 1, 3 do
  poe.Session.create { inline_states = {
    _start = function()
      local a
      a, HEAP.b = poe.socket.pair()
      HEAP.w = poe.wheel.ReadWrite.new { handle = a, input_event = "in", error_event = "error" }
      ids[#ids + 1] = HEAP.w:ID()
      yield "end"
    end,
    ["end"] = function() HEAP.b:close() end,
    error = function(_, _, _, id)
      print("error, the id " .. (id == HEAP.w:ID() and "is the same" or "differs"))
      HEAP.w:close()
    end,
  } }
end
print(ids[1] < ids[2] and ids[2] < ids[3] and "increasing" or table.concat(ids, " "))
KERNEL:run()
