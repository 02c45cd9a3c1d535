-- R254 R256 R258: an echo conversation of two sessions
local poe = require "poe"

local a, b = poe.socket.pair()
poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.ReadWrite.new { handle = a, input_event = "in", error_event = "error" }
  end,
  ["in"] = function(line) print("server in " .. line) HEAP.w:put("echo " .. line) end,
  error = function(op, code) print("server error " .. op .. " " .. code) HEAP.w:close() end,
  _stop = function() print "server stops" end,
} }
poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.ReadWrite.new { handle = b, input_event = "in" }
    HEAP.lines = { "one", "two", "three" }
    HEAP.w:put(table.remove(HEAP.lines, 1))
  end,
  ["in"] = function(line)
    print("client in " .. line)
    local nextline = table.remove(HEAP.lines, 1)
    if nextline then HEAP.w:put(nextline) else HEAP.w:close() end
  end,
  _stop = function() print "client stops" end,
} }
KERNEL:run()
