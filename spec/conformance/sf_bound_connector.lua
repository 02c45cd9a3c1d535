-- R306: a connector may be bound; the listener sees it come from there
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.listener = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = 0, success_event = "accepted", failure_event = "f",
    }
    local _, port = HEAP.listener:getsockname()
    HEAP.connector = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.2", bind_port = 0, remote_address = "127.0.0.1", remote_port = port,
      success_event = "connected", failure_event = "f",
    }
  end,
  connected = function(socket) HEAP.socket = socket HEAP.connector:close() end,
  accepted = function(_, address)
    print("accepted from " .. address)
    HEAP.listener:close()
    HEAP.connector:close()
  end,
  f = function(op, code) print("failure " .. op .. " " .. code) end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
