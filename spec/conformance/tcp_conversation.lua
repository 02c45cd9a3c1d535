-- R312: a conversation of Server::TCP and Client::TCP
local poe = require "poe"

local port
local id = poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = 0,
  listener_args = { "la" }, client_args = { "ca1", "ca2" },
  started = function(...)
    print("Started " .. table.concat({ ... }, " "))
    port = select(2, HEAP.listener:getsockname())
  end,
  stopped = function() print "Stopped" end,
  client_pre_connect = function(socket, args)
    print("PreConnect " .. table.concat(args, " "))
    return socket
  end,
  client_connected = function(...)
    print("Connected " .. table.concat({ ... }, " ") .. " from " .. HEAP.remote_ip)
    HEAP.client:put "welcome"
  end,
  client_input = function(line)
    print("Input " .. line)
    if line == "quit" then
      HEAP.client:put "bye"
      yield "shutdown"
      post("server", "shutdown")
    else
      HEAP.client:put("echo " .. line)
    end
  end,
  client_disconnected = function() print "Disconnected" end,
}
print("server is " .. (KERNEL:alias_resolve("server"):ID() == id and "the alias" or "?"))
local client = poe.component.client.TCP.new {
  remote_address = "127.0.0.1", remote_port = port, args = { "x" },
  started = function(...) print("client Started " .. table.concat({ ... }, " ")) end,
  pre_connect = function(socket) print "client PreConnect" return socket end,
  connected = function(_, address, number)
    print("client Connected " .. address .. (number == port and " the port" or " ?"))
  end,
  server_input = function(line)
    if line == "bye" then -- Disconnected may come before or after
      HEAP.bye = "after bye"
      return
    end
    print("client Input " .. line)
    HEAP.server:put(({ welcome = "hello", ["echo hello"] = "quit" })[line])
  end,
  server_error = function(op, code)
    print("client Error " .. HEAP.bye .. " " .. op .. " " .. code)
  end,
  disconnected = function() print "client Disconnected" end,
}
print("new has returned " .. (client > id and "a later id" or "?"))
KERNEL:run()
print "run has returned"
