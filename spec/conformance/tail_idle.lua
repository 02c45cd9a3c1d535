-- R281: a quiet file is idle at each poll, in between what comes
local poe = require "poe"

local path = os.tmpname()
local function add(text)
  local f <close> = assert(io.open(path, "a"))
  f:write(text)
end
poe.Session.create { inline_states = {
  _start = function()
    add "old\n"
    HEAP.n = 0
    HEAP.w = poe.wheel.FollowTail.new {
      filename = path, poll_interval = 0.02, input_event = "in", idle_event = "idle",
    }
  end,
  idle = function()
    HEAP.n = HEAP.n + 1
    print("idle " .. HEAP.n)
    if HEAP.n == 2 then add "a\nb" end
    if HEAP.n == 4 then add "c\n" end
  end,
  ["in"] = function(line)
    print("in " .. line)
    if line == "bc" then HEAP.w:close() end
  end,
  _stop = function() os.remove(path) print "_stop" end,
} }
KERNEL:run()
