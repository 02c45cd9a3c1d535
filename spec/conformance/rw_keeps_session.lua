-- R59 R256: a wheel keeps its session, even after the end of input, until it is gone
local poe = require "poe"

local a, b = poe.socket.pair()
local owner = poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.ReadWrite.new { handle = a, input_event = "in", error_event = "error" }
  end,
  error = function(_, code) print("error " .. code) end,
  drop = function() print "drop" HEAP.w:close() end,
  _stop = function() print "owner stops" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("close", 0.03) end,
  close = function() print "close" b:close() KERNEL:delay("tell", 0.03) end,
  tell = function() post(owner, "drop") KERNEL:delay("last", 0.03) end,
  last = function() print "last" end,
} }
KERNEL:run()
