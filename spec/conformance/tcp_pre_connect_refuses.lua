-- R313: PreConnect returns nothing: no connection; the peer reads the end
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_pre_connect = function() print "PreConnect" end,
  client_connected = function() print "Connected" end,
  client_input = function() print "Input" end,
  client_disconnected = function() print "Disconnected" end,
}
poe.component.client.TCP.new {
  remote_address = "127.0.0.1", remote_port = port,
  server_input = function() print "client Input" end,
  server_error = function(op, code) print("client Error " .. op .. " " .. code) end,
  disconnected = function() print "client Disconnected" post("server", "shutdown") end,
}
KERNEL:run()
print "run has returned"
