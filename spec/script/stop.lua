-- KERNEL:stop() ends every session at once; the handler that called it goes on as the kernel's.
poe.spawn {
  _start = function()
    poe.spawn {
      _start = function() KERNEL:delay("x", 60) end,
      _stop = function() print "child stops" end,          -- expect 2: child stops
    }
    yield "go"
    yield "lost"
  end,
  go = function()
    local me = SESSION
    print(me)                                              -- expect 1: session 2
    KERNEL:stop()
    print(SESSION, post(me, "lost"))                       -- expect 5: kernel\tnil\tESRCH: no such session: session 2\tESRCH
    poe.spawn { _start = function() yield "x" end,
                x = function() print "a new life" end }    -- expect 6: a new life
  end,
  lost = function() print "not reached" end,
  _child = function(reason) if reason == "lose" then print "lost a child" end end, -- expect 3: lost a child
  _stop = function() print "parent stops" end,             -- expect 4: parent stops
}
