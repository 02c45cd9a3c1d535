-- R326: connect to another server drops the old connection in silence
local poe = require "poe"

local port = {}
for _, n in ipairs { "one", "two" } do
  poe.component.server.TCP.new {
    alias = n, address = "127.0.0.1", port = 0,
    started = function() port[n] = select(2, HEAP.listener:getsockname()) end,
    client_connected = function() print(n .. " Connected") HEAP.client:put("this is " .. n) end,
    client_input = function(line)
      print(n .. " Input " .. line)
      if n == "two" then HEAP.client:put "go" end
    end,
    client_disconnected = function() print(n .. " Disconnected") post(n, "shutdown") end,
  }
end
poe.component.client.TCP.new {
  alias = "client", remote_address = "127.0.0.1", remote_port = port.one,
  connected = function(_, _, number)
    print("client Connected to " .. (number == port.one and "one" or "two"))
  end,
  server_input = function(line)
    print("client Input " .. line)
    if line == "this is one" then
      yield("connect", "127.0.0.1", port.two)
    elseif not HEAP.leaving then
      HEAP.leaving = true
      KERNEL:delay("leave", 0.04)
    end
  end,
  server_error = function() print "client Error" end,
  disconnected = function() print "client Disconnected" end,
  inline_states = { leave = function() print "leave" yield "shutdown" end },
}
KERNEL:run()
