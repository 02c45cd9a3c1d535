-- R287: a socket: records, then its end as an error
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    HEAP.w = poe.wheel.FollowTail.new {
      handle = a, input_event = "in", error_event = "error", reset_event = "reset",
    }
    HEAP.b:write "one\ntwo\n"
  end,
  ["in"] = function(line)
    print("in " .. line)
    if line == "two" then HEAP.b:close() end
  end,
  error = function(op, code, _, id)
    print("error " .. op .. " " .. code .. ", " .. (id == HEAP.w:ID() and "the id" or "?"))
    HEAP.w:close()
  end,
  reset = function() print "reset" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
