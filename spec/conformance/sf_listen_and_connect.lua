-- R305 R306: what listener and connector deliver; the connector may be dropped at once
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.listener = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = 0, reuse = true,
      success_event = "accepted", failure_event = "failure",
    }
    local address, port = HEAP.listener:getsockname()
    print("listens at " .. address .. (port > 0 and ", some port" or "?"))
    HEAP.port = port
    HEAP.connector = poe.wheel.SocketFactory.new {
      remote_address = "127.0.0.1", remote_port = port,
      success_event = "connected", failure_event = "failure",
    }
  end,
  connected = function(socket, address, port, id)
    HEAP.ids = id == HEAP.connector:ID()
    HEAP.text = address .. (port == HEAP.port and ", the port" or "?")
    HEAP.connector:close()
    HEAP.client = poe.wheel.ReadWrite.new {
      handle = socket, input_event = "in", error_event = "error",
    }
    if HEAP.server then yield "both" end
  end,
  accepted = function(socket, address, port, id)
    local _, own = socket:getsockname()
    print("accepted from " .. address .. (port ~= HEAP.port and own == HEAP.port and ", a port" or "?")
      .. ", " .. (id == HEAP.listener:ID() and "the id" or "?"))
    HEAP.server = poe.wheel.ReadWrite.new { handle = socket, input_event = "question" }
    if HEAP.client then yield "both" end
  end,
  both = function()
    print("connected to " .. HEAP.text .. ", " .. (HEAP.ids and "the id" or "?"))
    HEAP.client:put "hello"
  end,
  question = function(line) print("server in " .. line) HEAP.server:put "welcome" end,
  ["in"] = function(line)
    print("client in " .. line)
    HEAP.server:close()
    HEAP.listener:close()
  end,
  error = function(op, code) print("client " .. op .. " " .. code) HEAP.client:close() end,
  failure = function(op, code) print("failure " .. op .. " " .. code) end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
