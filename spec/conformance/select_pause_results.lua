-- R179: pausing and resuming tell whether the descriptor is watched in that mode
local poe = require "poe"

local function told(what, watched) print(what .. ": " .. (watched and "watched" or "not watched")) end
poe.Session.create { inline_states = {
  _start = function()
    local a, b = poe.socket.pair()
    HEAP.a, HEAP.b = a, b
    told("before", KERNEL:select_pause_read(a))
    KERNEL:select_read(a, "rd")
    told("read", KERNEL:select_pause_read(a))
    told("read again", KERNEL:select_pause_read(a))
    told("write", KERNEL:select_pause_write(a))
    told("resume read", KERNEL:select_resume_read(a))
    told("resume write", KERNEL:select_resume_write(a))
    KERNEL:select_read(a)
    told("after", KERNEL:select_resume_read(a))
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
