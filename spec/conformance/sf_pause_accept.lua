-- R310: a paused listener leaves connections in the backlog
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.listener = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = 0, success_event = "accepted", failure_event = "f",
    }
    HEAP.port = select(2, HEAP.listener:getsockname())
    HEAP.n = 0
    yield "dial"
  end,
  dial = function()
    HEAP.connector = poe.wheel.SocketFactory.new {
      remote_address = "127.0.0.1", remote_port = HEAP.port, success_event = "connected",
      failure_event = "f",
    }
  end,
  connected = function(socket) HEAP.socket = socket HEAP.connector:close() end,
  accepted = function()
    print "accepted"
    HEAP.n = HEAP.n + 1
    if HEAP.n > 1 then return HEAP.listener:close() end
    HEAP.listener:pause_accept()
    KERNEL:delay("dial", 0.02)
    KERNEL:delay("resume", 0.06)
  end,
  resume = function() print "resume" HEAP.listener:resume_accept() end,
  f = function() print "failure" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
