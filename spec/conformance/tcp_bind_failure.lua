-- R322: a listener that cannot bind: Error gets the failure
local poe = require "poe"

local taken
poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = 0, success_event = "s", failure_event = "f",
    }
    taken = select(2, HEAP.w:getsockname())
    KERNEL:alias_set "holder"
  end,
  release = function() HEAP.w:close() KERNEL:alias_remove "holder" end,
} }
local id = poe.component.server.TCP.new {
  alias = "server", address = "127.0.0.1", port = taken,
  started = function() print "Started" end,
  error = function(op, code, _, wheel)
    print("Error " .. op .. " " .. code .. ", " .. (wheel == HEAP.listener:ID() and "the id" or "?"))
    yield "shutdown"
    post("holder", "release")
  end,
  stopped = function() print "Stopped" end,
  client_input = function() end,
}
print("new gave " .. (id and "an id" or "nothing"))
KERNEL:run()
