-- R304: what failures are called
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local closed = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = 0, success_event = "s", failure_event = "f",
    }
    local _, port = closed:getsockname()
    closed:close()
    HEAP.todo = {
      { "not here", { bind_address = "192.0.2.1", bind_port = 0 } },
      { "no folder", { socket_domain = "unix", bind_address = "/nowhere/at/all" } },
      { "refused", { remote_address = "127.0.0.1", remote_port = port } },
      { "no such path", { socket_domain = "unix", remote_address = "/nowhere/at/all" } },
    }
    yield "next"
  end,
  next = function()
    local todo = table.remove(HEAP.todo, 1)
    if HEAP.w then HEAP.w:close() end
    if not todo then return end
    HEAP.name = todo[1]
    todo[2].success_event, todo[2].failure_event = "s", "f"
    HEAP.w = poe.wheel.SocketFactory.new(todo[2])
  end,
  f = function(op, code) print(HEAP.name .. ": " .. op .. " " .. code) yield "next" end,
  s = function() print(HEAP.name .. ": success") yield "next" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
