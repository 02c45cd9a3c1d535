-- R314: a listener that is shut down: no alias, no more connections, Stopped after the last
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  stopped = function() print "Stopped" end,
  client_connected = function()
    print "Connected"
    post("server", "shutdown")
    HEAP.client:put "down"
  end,
  client_input = function(line)
    print("Input " .. line .. ", alias " .. (KERNEL:alias_resolve "server" and "there" or "gone"))
  end,
  client_disconnected = function() print "Disconnected" end,
}
poe.component.client.TCP.new {
  alias = "client", remote_address = "127.0.0.1", remote_port = port,
  server_input = function(line)
    print("client Input " .. line)
    poe.component.client.TCP.new {
      remote_address = "127.0.0.1", remote_port = port,
      connect_error = function(op, code)
        print("second client " .. op .. " " .. code)
        post("client", "speak")
      end,
      server_input = function() end,
    }
  end,
  inline_states = { speak = function() HEAP.server:put "still here" yield "shutdown" end },
}
KERNEL:run()
