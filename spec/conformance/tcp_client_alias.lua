-- R327: in Disconnected the client's alias still stands, its wheel is gone
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function() yield "shutdown" post("server", "shutdown") end,
  client_input = function() end,
}
local function alias() return KERNEL:alias_resolve "client" and "there" or "gone" end
local function wheel() return HEAP.server and "there" or "gone" end
poe.component.client.TCP.new {
  alias = "client", remote_address = "127.0.0.1", remote_port = port,
  connected = function() print("Connected, alias " .. alias() .. ", wheel " .. wheel()) end,
  server_input = function() end,
  server_error = function() print("Error, wheel " .. wheel()) end,
  disconnected = function()
    print("Disconnected, alias " .. alias() .. ", wheel " .. wheel())
    yield "after"
  end,
  inline_states = { after = function() print("after, alias " .. alias()) end },
}
KERNEL:run()
