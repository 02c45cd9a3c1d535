-- R263 R312: the marks of a server's connection
local poe = require "poe"

local port
local SIZE <const> = 20000000
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0, client_filter = poe.filter.Stream.new(),
  high_mark = 1000000, low_mark = 1000,
  client_high = function() print "High" end, client_low = function() print "Low" end,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function()
    print("put: " .. (HEAP.client:put(("x"):rep(SIZE)) and 1 or 0))
    post("server", "shutdown")
  end,
  client_input = function() end,
  client_flushed = function() print "Flushed" yield "shutdown" end,
}
poe.component.client.TCP.new {
  remote_address = "127.0.0.1", remote_port = port, filter = poe.filter.Stream.new(),
  connected = function() HEAP.n = 0 end,
  server_input = function(data) HEAP.n = HEAP.n + #data end,
  server_error = function() print("client got " .. HEAP.n) end,
}
KERNEL:run()
