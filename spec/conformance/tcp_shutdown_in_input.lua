-- R316: shutdown yielded in the first input: the rest of the read still comes
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function() post("server", "shutdown") end,
  client_input = function(line)
    print("Input " .. line)
    if line == "1" then yield "shutdown" end
  end,
  client_disconnected = function() print "Disconnected" end,
}
poe.component.client.TCP.new {
  remote_address = "127.0.0.1", remote_port = port,
  connected = function()
    HEAP.server:put("1", "2", "3")
    HEAP.server:flush()
  end,
  server_input = function() end,
  server_error = function(_, code) print("client " .. code) end,
}
KERNEL:run()
