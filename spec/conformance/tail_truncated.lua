-- R282: a truncated file: reset, then what is written, from its start
local poe = require "poe"

local path = os.tmpname()
local function write(mode, text)
  local f <close> = assert(io.open(path, mode))
  f:write(text)
end
poe.Session.create { inline_states = {
  _start = function()
    HEAP.n = 0
    write("w", "a long old line\n")
    HEAP.w = poe.wheel.FollowTail.new {
      filename = path, poll_interval = 0.02, input_event = "in", reset_event = "reset",
    }
    KERNEL:delay("cut", 0.05)
  end,
  cut = function() print "cut" write("w", "") end,
  reset = function()
    print "reset"
    HEAP.n = HEAP.n + 1
    if HEAP.n == 1 then KERNEL:delay("after", 0.05) end
  end,
  after = function() write("a", "after\n") end,
  ["in"] = function(line)
    print("in " .. line)
    if line == "after" then KERNEL:delay("again", 0.05) else HEAP.w:close() end
  end,
  again = function() print "again" write("w", "b\n") end,
  _stop = function() os.remove(path) print "_stop" end,
} }
KERNEL:run()
