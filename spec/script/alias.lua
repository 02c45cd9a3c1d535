-- A name for a session; names alone keep it only as long as others have something to do.
poe.spawn {
  _start = function() print(KERNEL:alias_set "logger") end,  -- expect 1: true
  log = function(text) print("log: " .. text) end,
  -- expect 4: log: one
  -- expect 6: log: two
  _stop = function() print "the logger stops last" end,      -- expect 8: the logger stops last
}
poe.spawn {
  _start = function()
    print(KERNEL:alias_set "logger")
    -- expect 2: nil\tEEXIST: alias 'logger' belongs to session 2\tEEXIST
    print(KERNEL:alias_resolve "logger")  -- expect 3: session 2 (logger)
    post("logger", "log", "one")
    KERNEL:delay("work", 0.01)
  end,
  work = function()
    print "working"                       -- expect 5: working
    post("logger", "log", "two")
  end,
  _stop = function() print "the worker stops" end,  -- expect 7: the worker stops
}
