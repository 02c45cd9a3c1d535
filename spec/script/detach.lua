-- A child that is detached goes to the kernel; its end is reported to nobody.
poe.spawn {
  _start = function()
    local child = poe.spawn {
      _start = function() KERNEL:delay("late", 0.01) end,
      late = function() print "the child works on" end,        -- expect 6: the child works on
      _parent = function(old, new) print("_parent", old, new) end, -- expect 3: _parent\tsession 2\tkernel
      _stop = function() print "the child stops" end,          -- expect 7: the child stops
    }
    print(KERNEL:detach_child(child))                          -- expect 4: true
  end,
  _child = function(reason) print("_child", reason) end,
  -- expect 1: _child\tcreate
  -- expect 2: _child\tlose
  _stop = function() print "the parent stops first" end,       -- expect 5: the parent stops first
}
