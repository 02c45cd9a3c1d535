-- R284: a removed file: nothing; made again: reset and its content
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
    KERNEL:delay("remove", 0.05)
  end,
  remove = function()
    print "remove"
    os.remove(path)
    KERNEL:delay("again", 0.1)
  end,
  again = function() print "again" add "n1\n" end,
  reset = function() print "reset" end,
  ["in"] = function(line) print("in " .. line) HEAP.w:close() end,
  error = function() print "error" end,
  _stop = function() os.remove(path) print "_stop" end,
} }
KERNEL:run()
