-- R324: a refused client tries again from ConnectError
local poe = require "poe"

local dead
poe.Session.create { inline_states = {
  _start = function()
    local w = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = 0, success_event = "s", failure_event = "f",
    }
    dead = select(2, w:getsockname())
    w:close()
  end,
} }
local last, times = 0, 0
poe.component.client.TCP.new {
  remote_address = "127.0.0.1", remote_port = dead,
  connect_error = function(op, code, _, id)
    print("ConnectError " .. op .. " " .. code .. ", " .. (id > last and "a new id" or "?"))
    last = id
    times = times + 1
    if times < 3 then yield "reconnect" end
  end,
  connected = function() print "Connected" end,
  server_input = function() end,
  disconnected = function() print "Disconnected" end,
}
KERNEL:run()
print "run has returned"
