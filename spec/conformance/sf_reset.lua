-- R256 R305: a peer that leaves with unread data resets the connection
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.listener = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = 0, success_event = "accepted", failure_event = "f",
    }
    local _, port = HEAP.listener:getsockname()
    HEAP.connector = poe.wheel.SocketFactory.new {
      remote_address = "127.0.0.1", remote_port = port, success_event = "connected",
      failure_event = "f",
    }
  end,
  connected = function(socket) HEAP.socket = socket HEAP.connector:close() end,
  accepted = function(socket)
    HEAP.listener:close()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = socket, input_event = "in", flushed_event = "flushed", error_event = "error",
    }
    HEAP.w:put "nobody reads this"
  end,
  flushed = function() print "flushed" KERNEL:delay("leave", 0.03) end,
  leave = function() print "leave" HEAP.socket:close() end,
  error = function(op, code) print("error " .. op .. " " .. code) HEAP.w:close() end,
  f = function() print "failure" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
