-- R285: following a handle: what comes, truncation, what comes then
local poe = require "poe"

local path = os.tmpname()
local function write(mode, text)
  local f <close> = assert(io.open(path, mode))
  f:write(text)
end
poe.Session.create { inline_states = {
  _start = function()
    write("w", "a long old line\n")
    HEAP.w = poe.wheel.FollowTail.new {
      handle = assert(io.open(path)), poll_interval = 0.02,
      input_event = "in", reset_event = "reset", error_event = "error",
    }
    KERNEL:delay("more", 0.05)
  end,
  more = function() write("a", "more\n") end,
  reset = function() print "reset" KERNEL:delay("after", 0.05) end,
  after = function() write("a", "after\n") end,
  ["in"] = function(line)
    print("in " .. line)
    if line == "more" then write("w", "") else HEAP.w:close() end
  end,
  error = function() print "error" end,
  _stop = function() os.remove(path) print "_stop" end,
} }
KERNEL:run()
