-- R276 R59: a wheel ends with its session, after _stop; the peer reads the end
local poe = require "poe"

local a, b = poe.socket.pair()
local owner = poe.Session.create { inline_states = {
  _start = function() HEAP.w = poe.wheel.ReadWrite.new { handle = a, input_event = "in" } end,
  _stop = function()
    print "owner stops"
    print("peer: " .. select(3, b:read(10)))
  end,
} }
poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.ReadWrite.new { handle = b, input_event = "in", error_event = "error" }
    KERNEL:delay("kill", 0.02)
  end,
  kill = function() KERNEL:signal(owner, "KILL") end,
  error = function(op, code) print("peer: " .. op .. " " .. code) HEAP.w:close() end,
} }
KERNEL:run()
