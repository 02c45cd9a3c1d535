-- An HTTP server on 127.0.0.1 port arg[1], until it is killed: "Hello, world" for each request.
local poe = require "poe"

local RESPONSE = { status = 200, reason = "OK", headers = { ["Content-Type"] = "text/plain" }, content = "Hello, world" }

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
      handle = socket, filter = poe.filter.HTTPD.new(), input_event = "input", error_event = "gone",
    }
    HEAP.clients[wheel:ID()] = wheel
  end,
  input = function(_, id) HEAP.clients[id]:put(RESPONSE) end,
  gone = function(_, _, _, id)
    HEAP.clients[id]:close()
    HEAP.clients[id] = nil
  end,
  failed = function(_, _, message) error(message) end,
} }
KERNEL:run()
