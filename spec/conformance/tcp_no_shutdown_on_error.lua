-- R317: without shutdown on error the program shuts down itself
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0, client_shutdown_on_error = false,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function() post("server", "shutdown") end,
  client_input = function(line) print("Input " .. line) end,
  client_error = function(op, code)
    print("Error " .. op .. " " .. code)
    KERNEL:delay("later", 0.03)
  end,
  client_disconnected = function() print "Disconnected" end,
  inline_states = { later = function() print "later" yield "shutdown" end },
}
poe.component.client.TCP.new {
  remote_address = "127.0.0.1", remote_port = port,
  connected = function() yield "shutdown" end,
  server_input = function() end,
}
KERNEL:run()
