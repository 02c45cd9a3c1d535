-- R278: what is there is skipped, but for an unfinished last line
local poe = require "poe"

local path = os.tmpname()
local function add(text)
  local f <close> = assert(io.open(path, "a"))
  f:write(text)
end
poe.Session.create { inline_states = {
  _start = function()
    add "old1\nold2\npart"
    HEAP.w = poe.wheel.FollowTail.new {
      filename = path, poll_interval = 0.02,
      input_event = "in", error_event = "error", reset_event = "reset",
    }
    KERNEL:delay("more", 0.05)
  end,
  more = function() print "more" add "ial\nnew\n" end,
  ["in"] = function(line, id)
    print("in " .. line .. ", " .. (id == HEAP.w:ID() and "the id" or "?"))
    if line == "new" then HEAP.w:close() end
  end,
  reset = function() print "reset" end,
  error = function() print "error" end,
  _stop = function() os.remove(path) print "_stop" end,
} }
KERNEL:run()
