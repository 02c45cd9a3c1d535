-- R318: concurrency 1: the second waits for the first to leave
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0, concurrency = 1,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function() print "Connected" HEAP.client:put "hello" end,
  client_input = function(line) print("Input " .. line) end,
  client_disconnected = function() print "Disconnected" end,
}
local function client(n)
  poe.component.client.TCP.new {
    alias = "client " .. n, remote_address = "127.0.0.1", remote_port = port,
    server_input = function()
      HEAP.server:put("I am " .. n)
      KERNEL:delay("leave", 0.04)
    end,
    disconnected = function() if n == 2 then post("server", "shutdown") end end,
    inline_states = { leave = function() print(n .. " leaves") yield "shutdown" end },
  }
end
client(1)
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("second", 0.02) end,
  second = function() client(2) end,
} }
KERNEL:run()
