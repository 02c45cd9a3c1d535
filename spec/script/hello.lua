-- A session starts inside create, and stops when nothing can reach it any more.
poe.Session.create {
  inline_states = {
    _start = function() print("Session " .. SESSION:ID() .. " has started.") end,
    -- expect 1: Session 2 has started.
    _stop = function() print("Session " .. SESSION:ID() .. " has stopped.") end,
    -- expect 3: Session 2 has stopped.
  },
}
print "The main program goes on."  -- expect 2: The main program goes on.
print(KERNEL:run())                -- expect 4: true
