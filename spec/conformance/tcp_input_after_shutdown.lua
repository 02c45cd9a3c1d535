-- R316: input that comes after the shutdown is dropped
local poe = require "poe"

local port
local SIZE <const> = 20000000
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function() post("server", "shutdown") end,
  client_input = function(line)
    print("Input " .. line)
    HEAP.client:put(("x"):rep(SIZE)) -- more than fits: the wheel stays after the shutdown
    yield "shutdown"
  end,
  client_disconnected = function() print "Disconnected" end,
}
poe.component.client.TCP.new {
  remote_address = "127.0.0.1", remote_port = port, filter = poe.filter.Stream.new(),
  connected = function() HEAP.n = 0 HEAP.server:put "first\n" end,
  server_input = function(data)
    if HEAP.n == 0 then HEAP.server:put "late\n" end
    HEAP.n = HEAP.n + #data
  end,
  server_error = function() print("client got " .. (HEAP.n >= SIZE and "all" or HEAP.n)) end,
}
KERNEL:run()
