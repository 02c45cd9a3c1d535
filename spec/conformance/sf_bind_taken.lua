-- R303 R304: what goes wrong while the wheel is made is posted afterwards
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.first = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = 0, success_event = "s", failure_event = "f",
    }
    local _, port = HEAP.first:getsockname()
    yield "before"
    HEAP.second = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = port, success_event = "s", failure_event = "f",
    }
    yield "after"
    print("made " .. (HEAP.second and "a wheel" or "nothing"))
  end,
  before = function() print "before" end,
  after = function() print "after" HEAP.first:close() HEAP.second:close() end,
  f = function(op, code, _, id)
    print("failure " .. op .. " " .. code .. " " .. (id == HEAP.second:ID() and "the id" or "?"))
  end,
  s = function() print "success" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
