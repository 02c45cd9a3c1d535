-- R323: each connection has a filter of its own
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0,
  client_filter = poe.filter.Line.new { literal = "!" },
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_input = function(line) print("Input " .. line) HEAP.client:put(line:upper()) end,
}
-- both send their first half, then, one after the other, the second
local function client(n, first, second)
  poe.component.client.TCP.new {
    alias = n, remote_address = "127.0.0.1", remote_port = port, filter = poe.filter.Stream.new(),
    connected = function() HEAP.server:put(first) end,
    server_flushed = function()
      if n == "one" and not HEAP.flushed then
        HEAP.flushed = true
        KERNEL:delay("second", 0.03)
      end
    end,
    server_input = function(data)
      print(n .. " got " .. data)
      if n == "one" then return post("two", "second") end
      for _, name in ipairs { "one", "two", "server" } do post(name, "shutdown") end
    end,
    server_error = function() end,
    inline_states = { second = function() HEAP.server:put(second) end },
  }
end
client("one", "hel", "lo!")
client("two", "wor", "ld!")
KERNEL:run()
