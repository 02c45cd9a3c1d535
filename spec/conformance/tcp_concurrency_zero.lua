-- R319: concurrency 0 accepts one connection, no more
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0, concurrency = 0,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function() print "Connected" end,
  client_input = function() end,
  client_disconnected = function() print "Disconnected" end,
}
poe.Session.create { inline_states = {
  _start = function()
    yield("client", "one")
    yield("client", "two")
    KERNEL:delay("end", 0.15)
  end,
  client = function(n)
    poe.component.client.TCP.new {
      alias = n, remote_address = "127.0.0.1", remote_port = port,
      connected = function() if n == "one" then KERNEL:delay("leave", 0.03) end end,
      server_input = function() end,
      server_error = function() end,
      inline_states = { leave = function() print "leave" yield "shutdown" end },
    }
  end,
  ["end"] = function()
    print "end"
    post("server", "shutdown")
    post("two", "shutdown")
  end,
} }
KERNEL:run()
