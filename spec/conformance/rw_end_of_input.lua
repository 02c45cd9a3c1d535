-- R256: the end is told once; the wheel stays and can put
local poe = require "poe"

local peer = {}
poe.Session.create { inline_states = {
  _start = function()
    local a, b = poe.socket.pair()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = a, input_event = "in", flushed_event = "flushed", error_event = "error",
    }
    -- the peer's half: a wheel that shuts its output down
    peer.handle = b
    peer.w = poe.wheel.ReadWrite.new { handle = b, flushed_event = "peer_flushed" }
    peer.w:put "last"
    KERNEL:delay("talk", 0.03)
  end,
  peer_flushed = function() peer.w:shutdown_output() end,
  ["in"] = function(line) print("in " .. line) end,
  error = function(op, code) print("error " .. op .. " " .. code) end,
  talk = function() print "talk" HEAP.w:put "still here" end,
  flushed = function()
    print("flushed, peer got " .. (peer.handle:read(100):gsub("%s+$", "")))
    HEAP.w:close()
    peer.w:close()
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
