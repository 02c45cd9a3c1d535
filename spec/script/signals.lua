-- A signal reaches a session and its descendants, children first.  A terminal one stops them all,
-- unless one of them says that it is handled.
local function member(name, child, handles)
  return {
    _start = function()
      KERNEL:sig("TERM", "term", "own")
      KERNEL:delay("wait", 60)
      if child then HEAP.child = poe.spawn(child) end
    end,
    term = function(signal, reason, own)
      print(name, signal, reason, own)
      -- expect 1: child\tTERM\tfirst\town
      -- expect 2: parent\tTERM\tfirst\town
      -- expect 4: child\tTERM\tsecond\town
      if handles then KERNEL:sig_handled() end
    end,
    second = function()
      print "both live"  -- expect 3: both live
      KERNEL:signal(HEAP.child, "TERM", "second")
    end,
    _child = function(reason)
      if reason == "lose" then
        print(name .. " has lost its child")  -- expect 6: parent has lost its child
        KERNEL:alarm_remove_all()
      end
    end,
    _stop = function() print(name .. " stops") end,
    -- expect 5: child stops
    -- expect 7: parent stops
  }
end
local parent = poe.spawn(member("parent", member "child", true))
KERNEL:signal(parent, "TERM", "first")
post(parent, "second")
