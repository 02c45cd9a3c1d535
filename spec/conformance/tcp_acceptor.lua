-- R321: with an acceptor the program counts the disconnections itself
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0, concurrency = 1,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  acceptor = function(socket, address, number, id)
    print("Acceptor: " .. address .. ", " .. (number > 0 and number ~= port and "a port" or "?")
      .. ", " .. (id == HEAP.listener:ID() and "the id" or "?"))
    poe.Session.create { inline_states = {
      _start = function()
        HEAP.w = poe.wheel.ReadWrite.new {
          handle = socket, input_event = "in", error_event = "error",
        }
      end,
      ["in"] = function(line) print("in " .. line) end,
      error = function()
        HEAP.w:close()
        print "left"
        KERNEL:delay("tell", 0.03)
      end,
      tell = function() print "disconnected" post("server", "disconnected") end,
    } }
  end,
}
local function client(n)
  poe.component.client.TCP.new {
    remote_address = "127.0.0.1", remote_port = port,
    connected = function() HEAP.server:put("client " .. n) yield "shutdown" end,
    server_input = function() end,
  }
end
poe.Session.create { inline_states = {
  _start = function()
    client(1)
    KERNEL:delay("second", 0.01)
    KERNEL:delay("end", 0.2)
  end,
  second = function() client(2) end,
  ["end"] = function() post("server", "shutdown") end,
} }
KERNEL:run()
