-- R312: states of the connection's own, by its arguments and heap
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0, client_args = { "tick" },
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function(word)
    HEAP.word = word
    yield("tick", 1)
    post("server", "shutdown")
  end,
  client_input = function(line) print("Input " .. line) end,
  inline_states = {
    tick = function(n)
      HEAP.client:put(HEAP.word .. " " .. n)
      if n < 3 then KERNEL:delay("tick", 0.01, n + 1) else yield "shutdown" end
    end,
  },
}
poe.component.client.TCP.new {
  remote_address = "127.0.0.1", remote_port = port,
  server_input = function(line) print("client Input " .. line) end,
  disconnected = function() print "client Disconnected" end,
  server_error = function(_, code) print("client " .. code) end,
}
KERNEL:run()
