-- R305 R310: paused, connections wait; resumed, one is accepted in each slice
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.listener = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = 0, success_event = "accepted", failure_event = "f",
    }
    local _, port = HEAP.listener:getsockname()
    HEAP.listener:pause_accept()
    HEAP.sockets, HEAP.wheels, HEAP.events = {}, {}, 0
    for n = 1, 3 do
      HEAP.wheels[n] = poe.wheel.SocketFactory.new {
        remote_address = "127.0.0.1", remote_port = port, success_event = "connected",
        failure_event = "f",
      }
    end
  end,
  connected = function(socket)
    print "connected"
    table.insert(HEAP.sockets, socket)
    if #HEAP.sockets == 3 then KERNEL:delay("resume", 0.03) end
  end,
  resume = function() print "resume" HEAP.listener:resume_accept() end,
  accepted = function() print "accepted" yield "event" end,
  event = function()
    print "event"
    HEAP.events = HEAP.events + 1
    if HEAP.events < 3 then return end
    HEAP.listener:close()
    for n = 1, 3 do HEAP.wheels[n]:close() end
  end,
  f = function() print "failure" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
