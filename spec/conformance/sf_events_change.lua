-- R305: the events of a listener may change between two connections
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.listener = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = 0, success_event = "first", failure_event = "f",
    }
    HEAP.port = select(2, HEAP.listener:getsockname())
    HEAP.sockets = {}
    yield "dial"
  end,
  dial = function()
    if HEAP.connector then HEAP.connector:close() end
    HEAP.connector = poe.wheel.SocketFactory.new {
      remote_address = "127.0.0.1", remote_port = HEAP.port, success_event = "connected",
      failure_event = "f",
    }
  end,
  connected = function(socket) table.insert(HEAP.sockets, socket) end,
  first = function()
    print "first"
    HEAP.listener:event { success_event = "second" }
    KERNEL:delay("dial", 0.02)
  end,
  second = function() print "second" HEAP.listener:close() HEAP.connector:close() end,
  f = function() print "failure" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
