-- R328: PreConnect may give another socket; Connected still gets the first
local poe = require "poe"

local a, b = poe.socket.pair()
local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function() post("server", "shutdown") end,
  client_input = function(line) print("Input " .. line) end,
  client_disconnected = function() print "Disconnected" end,
}
local first
poe.component.client.TCP.new {
  remote_address = "127.0.0.1", remote_port = port,
  pre_connect = function(socket) first = socket return a end,
  connected = function(socket)
    print("Connected with " .. (socket == first and "the first" or "?"))
    first:close()
    HEAP.server:put "to the other"
  end,
  server_flushed = function()
    print("the other got '" .. b:read(100):gsub("%s+$", "") .. "'")
    b:write "answer\n"
  end,
  server_input = function(line) print("client Input " .. line) yield "shutdown" end,
}
KERNEL:run()
