-- R288: tell: the position after the last poll
local poe = require "poe"

local path = os.tmpname()
local function add(text)
  local f <close> = assert(io.open(path, "a"))
  f:write(text)
end
poe.Session.create { inline_states = {
  _start = function()
    add "12345\n"
    HEAP.w = poe.wheel.FollowTail.new {
      filename = path, poll_interval = 0.02, input_event = "in", idle_event = "idle",
    }
    KERNEL:delay("more", 0.05)
  end,
  idle = function()
    if not HEAP.idle then print("idle at " .. HEAP.w:tell()) end
    HEAP.idle = true
  end,
  more = function() add "ab\ncd\npar" end,
  ["in"] = function(line)
    print("in " .. line .. " at " .. HEAP.w:tell())
    if line == "cd" then
      HEAP.idle = false
      KERNEL:delay("end", 0.06)
    end
  end,
  ["end"] = function() HEAP.w:close() end,
  _stop = function() os.remove(path) print "_stop" end,
} }
KERNEL:run()
