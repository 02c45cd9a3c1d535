-- R315: shutdown with output pending: all is written first
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0, client_filter = poe.filter.Stream.new(),
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function()
    HEAP.client:put(("x"):rep(3000000))
    yield "shutdown"
    post("server", "shutdown")
  end,
  client_input = function() end,
  client_flushed = function() print "Flushed" end,
  client_disconnected = function() print "Disconnected" end,
}
poe.component.client.TCP.new {
  remote_address = "127.0.0.1", remote_port = port, filter = poe.filter.Stream.new(),
  server_input = function(data) HEAP.n = (HEAP.n or 0) + #data end,
  server_error = function(_, code) print("client got " .. HEAP.n .. ", " .. code) end,
}
KERNEL:run()
