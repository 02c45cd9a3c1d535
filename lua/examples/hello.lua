-- A session starts, has nothing to wait for, and stops.
local poe = require "poe"

poe.Session.create {
  inline_states = {
    _start = function() print("Session " .. SESSION:ID() .. " has started.") end,
    _stop  = function() print("Session " .. SESSION:ID() .. " has stopped.") end,
  },
}
KERNEL:run()

-- prints:
-- Session 2 has started.
-- Session 2 has stopped.
