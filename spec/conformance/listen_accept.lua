-- R311: ListenAccept: socket, peer, wheel id
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local handle = poe.socket.listen("127.0.0.1", 0)
    HEAP.port = select(2, handle:getsockname())
    HEAP.listener = poe.wheel.ListenAccept.new {
      handle = handle, accept_event = "accepted", error_event = "error",
    }
    yield "dial"
  end,
  dial = function()
    HEAP.connector = poe.wheel.SocketFactory.new {
      remote_address = "127.0.0.1", remote_port = HEAP.port, success_event = "connected",
      failure_event = "f",
    }
  end,
  connected = function(socket)
    HEAP.client = poe.wheel.ReadWrite.new {
      handle = socket, input_event = "in", error_event = "gone",
    }
    HEAP.client:put "hello"
  end,
  accepted = function(socket, address, port, id)
    print("accepted from " .. address .. (port ~= HEAP.port and ", " or "?, ")
      .. (id == HEAP.listener:ID() and "the id" or "?"))
    HEAP.server = poe.wheel.ReadWrite.new { handle = socket, input_event = "in" }
  end,
  ["in"] = function(line)
    print("server in " .. line)
    HEAP.server:close()
    HEAP.listener:close()
    HEAP.connector:close()
  end,
  gone = function(op, code) print("client " .. op .. " " .. code) HEAP.client:close() end,
  error = function() print "error" end,
  f = function() print "failure" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
