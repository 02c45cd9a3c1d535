-- R309: the addresses of local sockets
local poe = require "poe"

local path = os.tmpname()
os.remove(path)
poe.Session.create { inline_states = {
  _start = function()
    HEAP.listener = poe.wheel.SocketFactory.new {
      socket_domain = "unix", bind_address = path, success_event = "accepted", failure_event = "f",
    }
    HEAP.connector = poe.wheel.SocketFactory.new {
      socket_domain = "unix", remote_address = path, success_event = "connected",
      failure_event = "f",
    }
  end,
  connected = function(socket, address, port)
    HEAP.client = poe.wheel.ReadWrite.new { handle = socket, input_event = "in" }
    HEAP.text = (address == path and "the path" or "?") .. ", port " .. (port or "none")
    if HEAP.server then yield "both" end
  end,
  accepted = function(socket, address, port)
    print("accepted: address '" .. address .. "', port " .. (port or "none"))
    HEAP.server = poe.wheel.ReadWrite.new { handle = socket, input_event = "question" }
    if HEAP.client then yield "both" end
  end,
  both = function() print("connected: " .. HEAP.text) HEAP.client:put "hello" end,
  question = function(line) print("server in " .. line) HEAP.server:put "welcome" end,
  ["in"] = function(line)
    print("client in " .. line)
    for _, name in ipairs { "listener", "connector", "client", "server" } do HEAP[name]:close() end
  end,
  f = function(op, code) print("failure " .. op .. " " .. code) end,
  _stop = function() os.remove(path) print "_stop" end,
} }
KERNEL:run()
