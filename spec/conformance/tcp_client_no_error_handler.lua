-- R325: a refused client without a ConnectError ends
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
poe.Session.create { inline_states = {
  _start = function()
    poe.component.client.TCP.new {
      remote_address = "127.0.0.1", remote_port = dead,
      connected = function() print "Connected" end,
      server_input = function() end,
      disconnected = function() print "Disconnected" end,
    }
  end,
  _child = function(reason) print("_child " .. reason) end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
