-- R303 R306: a connector dropped before its connection is made says nothing more
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.listener = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = 0, success_event = "accepted", failure_event = "f",
    }
    local _, port = HEAP.listener:getsockname()
    local connector = poe.wheel.SocketFactory.new {
      remote_address = "127.0.0.1", remote_port = port, success_event = "connected",
      failure_event = "f",
    }
    connector:close()
    KERNEL:delay("enough", 0.05)
  end,
  connected = function() print "connected" end,
  accepted = function() end,
  enough = function() print "enough" HEAP.listener:close() end,
  f = function() print "failure" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
