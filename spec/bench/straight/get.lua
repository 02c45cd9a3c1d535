-- An echo server on 127.0.0.1 port arg[1], until it is killed: a handler for each connection, in straight-line code.
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.listener = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = tonumber(arg[1]), reuse = true,
      success_event = "accepted", failure_event = "failed",
    }
  end,
  accepted = function(socket)
    local wheel = poe.wheel.ReadWrite.new { handle = socket, filter = poe.filter.Stream.new() }
    for data in function() return (wheel:get()) end do wheel:put(data) end
    wheel:close()
  end,
  failed = function(_, _, message) error(message) end,
} }
KERNEL:run()
