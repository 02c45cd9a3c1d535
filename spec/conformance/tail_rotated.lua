-- R283: renamed and made anew: the old one to its end, reset, the new one
local poe = require "poe"

local path = os.tmpname()
local function add(text)
  local f <close> = assert(io.open(path, "a"))
  f:write(text)
end
poe.Session.create { inline_states = {
  _start = function()
    add "old\n"
    HEAP.w = poe.wheel.FollowTail.new {
      filename = path, poll_interval = 0.02,
      input_event = "in", reset_event = "reset", error_event = "error",
    }
    KERNEL:delay("rotate", 0.05)
  end,
  rotate = function()
    add "last of the old\n"
    os.rename(path, path .. ".1")
    add "n1\n"
  end,
  reset = function() print "reset" end,
  ["in"] = function(line)
    print("in " .. line)
    if line == "n1" then add "n2\n" end
    if line == "n2" then HEAP.w:close() end
  end,
  error = function() print "error" end,
  _stop = function()
    os.remove(path)
    os.remove(path .. ".1")
    print "_stop"
  end,
} }
KERNEL:run()
