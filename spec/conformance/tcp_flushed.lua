-- R312 R315: Flushed on both sides of a conversation
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function() post("server", "shutdown") end,
  client_input = function(line)
    print("Input " .. line)
    HEAP.client:put("one", "two")
    HEAP.client:put "three"
  end,
  client_flushed = function(...)
    print("Flushed, " .. select("#", ...) .. " argument")
    yield "shutdown"
  end,
  client_disconnected = function() print "Disconnected" end,
}
poe.component.client.TCP.new {
  remote_address = "127.0.0.1", remote_port = port,
  connected = function() HEAP.got, HEAP.flushed = "", "" HEAP.server:put "hello" end,
  server_flushed = function(...) HEAP.flushed = HEAP.flushed .. " Flushed " .. select("#", ...) end,
  server_input = function(line) HEAP.got = HEAP.got .. line .. " " end,
  server_error = function(_, code) HEAP.got = HEAP.got .. code end,
  disconnected = function() print("client:" .. HEAP.flushed .. ", got " .. HEAP.got) end,
}
KERNEL:run()
