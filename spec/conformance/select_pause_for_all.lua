-- R179 R182: pausing a descriptor pauses it for every session
local poe = require "poe"

local a, b = poe.socket.pair()
local function watcher()
  return poe.Session.create { inline_states = {
    _start = function() HEAP.n = 0 KERNEL:select_read(a, "rd") end,
    rd = function()
      HEAP.n = HEAP.n + 1
      if HEAP.n == 1 then print "ready" end
    end,
    off = function() KERNEL:select_read(a) end,
    _stop = function() print "stopped" end,
  } }
end
local watchers = { watcher(), watcher() }
poe.Session.create { inline_states = {
  _start = function()
    print(KERNEL:select_pause_read(a) and "paused by a third" or "?")
    b:write "x"
    KERNEL:delay("resume", 0.03)
  end,
  resume = function()
    print "resume"
    KERNEL:select_resume_read(a)
    KERNEL:delay("off", 0.03)
  end,
  off = function() for _, w in ipairs(watchers) do post(w, "off") end end,
} }
KERNEL:run()
