-- R303: what is misuse of the constructor
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local function try(name, spec)
      local made, wheel = pcall(poe.wheel.SocketFactory.new, spec)
      if made then wheel:close() end
      print(name .. ": " .. (made and "accepted" or "error"))
    end
    try("no success event", { bind_address = "127.0.0.1", failure_event = "f" })
    try("no failure event", { bind_address = "127.0.0.1", success_event = "s" })
    try("no remote port", {
      remote_address = "127.0.0.1", success_event = "s", failure_event = "f",
    })
    try("icmp", {
      socket_protocol = "icmp", bind_address = "127.0.0.1", success_event = "s",
      failure_event = "f",
    })
    try("all in order", {
      bind_address = "127.0.0.1", bind_port = 0, success_event = "s", failure_event = "f",
    })
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
