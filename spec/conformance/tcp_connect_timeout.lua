-- R329: a connection that takes too long: ETIMEDOUT
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    KERNEL:alias_set "listener"
    HEAP.listener = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = 0, listen_queue = 1, success_event = "s",
      failure_event = "f",
    }
    HEAP.listener:pause_accept()
    HEAP.port = select(2, HEAP.listener:getsockname())
    HEAP.sockets, HEAP.wheels = {}, {}
    for n = 1, 4 do
      HEAP.wheels[n] = poe.wheel.SocketFactory.new {
        remote_address = "127.0.0.1", remote_port = HEAP.port, success_event = "s",
        failure_event = "f",
      }
    end
    KERNEL:delay("client", 0.05) -- the backlog is full
  end,
  s = function(socket) table.insert(HEAP.sockets, socket) end,
  client = function()
    print "client"
    poe.component.client.TCP.new {
      remote_address = "127.0.0.1", remote_port = HEAP.port, connect_timeout = 0.1,
      connected = function() print "Connected" end,
      connect_error = function(op, code)
        print("ConnectError " .. op .. " " .. code) post("listener", "end")
      end,
      server_input = function() end,
    }
  end,
  ["end"] = function()
    HEAP.listener:close()
    for _, wheel in ipairs(HEAP.wheels) do wheel:close() end
    KERNEL:alias_remove "listener"
  end,
} }
KERNEL:run()
