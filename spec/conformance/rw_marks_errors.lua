-- R264: marks and their events need each other
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local function try(name, spec)
      spec.handle = poe.socket.pair()
      local made, wheel = pcall(poe.wheel.ReadWrite.new, spec)
      if made then wheel:close() end
      print(name .. ": " .. (made and "accepted" or "error"))
    end
    try("high alone", { high_mark = 100, high_event = "h" })
    try("low alone", { low_mark = 10, low_event = "l" })
    try("high of 0", { high_mark = 0, low_mark = 10, high_event = "h", low_event = "l" })
    try("low of 0", { high_mark = 10, low_mark = 0, high_event = "h", low_event = "l" })
    try("high event without marks", { high_event = "h" })
    try("low event without marks", { low_event = "l" })
    try("no low event", { high_mark = 100, low_mark = 10, high_event = "h" })
    try("no high event", { high_mark = 100, low_mark = 10, low_event = "l" })
    try("all", { high_mark = 100, low_mark = 10, high_event = "h", low_event = "l" })
  end,
} }
KERNEL:run()
