-- R307: a refused connection is told before a failure posted earlier
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local function listen(port)
      return poe.wheel.SocketFactory.new {
        bind_address = "127.0.0.1", bind_port = port, success_event = "s", failure_event = "f",
      }
    end
    HEAP.taken = listen(0)
    local _, port = HEAP.taken:getsockname()
    local closed = listen(0)
    local _, dead = closed:getsockname()
    closed:close()
    HEAP[1] = listen(port)
    HEAP[2] = poe.wheel.SocketFactory.new {
      remote_address = "127.0.0.1", remote_port = dead, success_event = "s", failure_event = "f",
    }
  end,
  f = function(op, code)
    print(op .. " " .. code .. (SENDER == SESSION and "" or " ?"))
    if op == "bind" then
      HEAP.taken:close()
      HEAP[1]:close()
      HEAP[2]:close()
    end
  end,
  s = function() print "success" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
