-- An echo server on 127.0.0.1 port arg[1], until it is killed: each line goes back.
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.clients = {}
    HEAP.listener = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = tonumber(arg[1]), reuse = true,
      success_event = "accepted", failure_event = "failed",
    }
  end,
  accepted = function(socket)
    local wheel = poe.wheel.ReadWrite.new {
      handle = socket, filter = poe.filter.Line.new { literal = "\n" }, input_event = "input", error_event = "gone",
    }
    HEAP.clients[wheel:ID()] = wheel
  end,
  input = function(data, id) HEAP.clients[id]:put(data) end,
  gone = function(_, _, _, id)
    HEAP.clients[id]:close()
    HEAP.clients[id] = nil
  end,
  failed = function(_, _, message) error(message) end,
} }
KERNEL:run()
