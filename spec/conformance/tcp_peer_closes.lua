-- R317: the peer closes: error, shutdown, Disconnected
local poe = require "poe"

local port, left
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  stopped = function() print "Stopped" end,
  client_connected = function() post("server", "shutdown") end,
  client_input = function(line) print("Input " .. line) end,
  client_error = function(op, code, _, id)
    print("Error " .. op .. " " .. code .. ", " .. (id == HEAP.client:ID() and "the id" or "?"))
  end,
  client_disconnected = function() print "Disconnected" end,
}
poe.component.client.TCP.new {
  remote_address = "127.0.0.1", remote_port = port,
  connected = function() HEAP.server:put "only line" yield "shutdown" end,
  server_input = function() end,
  disconnected = function() left = "client Disconnected" end,
}
KERNEL:run()
print(left)
