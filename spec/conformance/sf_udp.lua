-- R308: a datagram socket is a success posted at once
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.SocketFactory.new {
      socket_protocol = "udp", bind_address = "127.0.0.1", bind_port = 0,
      success_event = "s", failure_event = "f",
    }
    yield "after"
    print "made"
  end,
  s = function(socket, address, port, id)
    print("success: address " .. (address or "none") .. ", port " .. (port or "none")
      .. ", " .. (id == HEAP.w:ID() and "the id" or "?"))
    HEAP.socket = socket
  end,
  after = function()
    print "after"
    HEAP.w:close()
    KERNEL:select_read(HEAP.socket, "ready")
    HEAP.other = poe.socket.udp("127.0.0.1", 0)
    for _, data in ipairs { "one", "two" } do HEAP.other:send(data, HEAP.socket:getsockname()) end
  end,
  ready = function(socket)
    local data, address, port = socket:receive()
    local _, theirs = HEAP.other:getsockname()
    print("datagram " .. data .. " from " .. address
      .. (port == theirs and ", the other's port" or "?"))
    if data == "two" then
      KERNEL:select_read(socket)
      socket:send("back", address, port)
      KERNEL:select_read(HEAP.other, "back")
    end
  end,
  back = function(socket) print("other got " .. socket:receive()) KERNEL:select_read(socket) end,
  f = function() print "failure" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
