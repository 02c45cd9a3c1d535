-- R289: what is misuse of the constructor
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local path = os.tmpname()
    os.remove(path)
    local function try(name, spec)
      spec.poll_interval = 0.02
      local made, wheel = pcall(poe.wheel.FollowTail.new, spec)
      if made then wheel:close() end
      print(name .. ": " .. (made and "accepted" or "error"))
    end
    try("handle and filename", { handle = poe.socket.pair(), filename = path, input_event = "in" })
    try("neither", { input_event = "in" })
    try("seek and seek_back", { filename = path, input_event = "in", seek = 1, seek_back = 1 })
    try("no input event", { filename = path })
    try("a folder", { filename = "/tmp", input_event = "in" })
    try("all in order", { filename = path, input_event = "in" })
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
