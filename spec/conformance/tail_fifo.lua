-- R286: a FIFO: records as they come, neither end nor reset
local poe = require "poe"

local path = os.tmpname()
os.remove(path)
assert(os.execute("mkfifo " .. path))
local function add(text)
  local f <close> = assert(io.open(path, "w"))
  f:write(text)
end
poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.FollowTail.new {
      filename = path, input_event = "in", reset_event = "reset", error_event = "error",
    }
    add "one\ntw"
    KERNEL:delay("more", 0.05)
  end,
  more = function() print "more" add "o\nthree\n" end,
  ["in"] = function(line)
    print("in " .. line)
    if line == "three" then KERNEL:delay("end", 0.05) end
  end,
  ["end"] = function() print "end" HEAP.w:close() end,
  reset = function() print "reset" end,
  error = function() print "error" end,
  _stop = function() os.remove(path) print "_stop" end,
} }
KERNEL:run()
