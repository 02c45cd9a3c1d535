-- R254 R277: one session, several wheels, told apart by their ids
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.by_id, HEAP.list = {}, {}
    for n = 1, 3 do
      local a, b = poe.socket.pair()
      local w = poe.wheel.ReadWrite.new { handle = a, input_event = "in", error_event = "error" }
      HEAP.list[n] = { w = w, n = n, b = b }
      HEAP.by_id[w:ID()] = HEAP.list[n]
    end
    HEAP.list[1].b:write "go\n"
  end,
  ["in"] = function(line, id)
    local me = HEAP.by_id[id]
    print("wheel " .. me.n .. ": " .. line)
    local after = HEAP.list[me.n + 1]
    if after then after.b:write(line .. " " .. me.n .. "\n") else HEAP.list[1].b:close() end
  end,
  error = function(op, code, _, id)
    local me = HEAP.by_id[id]
    print("wheel " .. me.n .. ": " .. op .. " " .. code)
    me.w:close()
    local after = HEAP.list[me.n + 1]
    if after then after.b:close() end
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
