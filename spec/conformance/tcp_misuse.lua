-- R321 R312: what is misuse of the two constructors
local poe = require "poe"

local function try(name, class, spec)
  print(name .. ": " .. (pcall(poe.component[class].TCP.new, spec) and "accepted" or "error"))
end
local function code() end
try("server without input", "server", { port = 0 })
try("server with acceptor and input", "server", { port = 0, acceptor = code, client_input = code })
try("server input no function", "server", { port = 0, client_input = "event" })
try("server listener args no list", "server", { port = 0, client_input = code, listener_args = 1 })
try("server with one filter of two", "server", {
  port = 0, client_input = code, client_input_filter = poe.filter.Line.new(),
})
try("client without address", "client", { remote_port = 1, server_input = code })
try("client without port", "client", { remote_address = "127.0.0.1", server_input = code })
try("client without input", "client", { remote_address = "127.0.0.1", remote_port = 1 })
try("client args no list", "client", {
  remote_address = "127.0.0.1", remote_port = 1, server_input = code, args = 1,
})
KERNEL:run()
