-- R320: a higher limit lets the next one in; unlimited does not wake a paused listener
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0, concurrency = 1,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function() print "Connected" end,
  client_input = function() end,
}
poe.Session.create { inline_states = {
  _start = function()
    for _, n in ipairs { "one", "two", "three" } do yield("client", n) end
    KERNEL:delay("two", 0.05)
  end,
  client = function(n)
    poe.component.client.TCP.new {
      alias = n, remote_address = "127.0.0.1", remote_port = port,
      server_input = function() end, server_error = function() end,
    }
  end,
  two = function()
    print "limit 2"
    post("server", "set_concurrency", 2)
    KERNEL:delay("unlimited", 0.05)
  end,
  unlimited = function()
    print "no limit"
    post("server", "set_concurrency", -1)
    KERNEL:delay("end", 0.05)
  end,
  ["end"] = function()
    print "end"
    for _, n in ipairs { "server", "one", "two", "three" } do post(n, "shutdown") end
  end,
} }
KERNEL:run()
