-- R59 R281: a following wheel keeps its session until it is gone
local poe = require "poe"

local path = os.tmpname()
local owner = poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.FollowTail.new { filename = path, poll_interval = 0.02, input_event = "in" }
  end,
  drop = function() print "drop" HEAP.w:close() end,
  _stop = function() print "owner stops" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("tell", 0.1) end,
  tell = function()
    print "tell"
    post(owner, "drop")
    KERNEL:delay("last", 0.05)
  end,
  last = function() print "last" end,
} }
KERNEL:run()
os.remove(path)
