-- R280: a file that is not there yet: idle, then reset when it appears
local poe = require "poe"

local path = os.tmpname()
os.remove(path)
poe.Session.create { inline_states = {
  _start = function()
    HEAP.n = 0
    HEAP.w = poe.wheel.FollowTail.new {
      filename = path, poll_interval = 0.02,
      input_event = "in", idle_event = "idle", reset_event = "reset", error_event = "error",
    }
  end,
  idle = function(id)
    HEAP.n = HEAP.n + 1
    local n = HEAP.n
    if n <= 2 then print("idle " .. n .. ", " .. (id == HEAP.w:ID() and "the id" or "?")) end
    if n == 2 then
      local f <close> = assert(io.open(path, "w"))
      f:write "first\n"
    end
  end,
  reset = function(id) print("reset, " .. (id == HEAP.w:ID() and "the id" or "?")) end,
  ["in"] = function(line) print("in " .. line) HEAP.w:close() end,
  error = function() print "error" end,
  _stop = function() os.remove(path) print "_stop" end,
} }
KERNEL:run()
