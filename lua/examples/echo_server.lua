-- An echo server: poe lua/examples/echo_server.lua PORT; without a port a client talks to it, and it ends.
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "echo", address = "127.0.0.1", port = tonumber(arg[1]) or 0,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function() HEAP.client:put "welcome" end,
  client_input = function(line)
    if line == "bye" then
      HEAP.client:put "farewell"
      yield "shutdown"
    else
      HEAP.client:put(line)
    end
  end,
}

if not arg[1] then
  local words = { "hello", "echo", "bye" }
  poe.component.client.TCP.new {
    remote_address = "127.0.0.1", remote_port = port,
    server_input = function(line)
      print(line)
      if words[1] then HEAP.server:put(table.remove(words, 1)) end
    end,
    server_error = function() end,
    disconnected = function() post("echo", "shutdown") end,
  }
end

-- prints:
-- welcome
-- hello
-- echo
-- farewell
