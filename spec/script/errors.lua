-- An error in a handler becomes signal DIE; a parent can handle it for its child.
poe.spawn {
  _start = function()
    KERNEL:sig("DIE", "died")
    HEAP.child = poe.spawn {
      _start = function() yield "boom" yield "after" end,
      boom = function() error { code = 42 } end,
      after = function() print "what was queued runs first" end,  -- expect 1: what was queued runs first
      again = function() print "the child lives" end,             -- expect 4: the child lives
    }
  end,
  died = function(signal, info)
    print(signal, info.event, info.error.code, info.from_state)   -- expect 2: DIE\tboom\t42\t_start
    print(info.dest_session == HEAP.child)                        -- expect 3: true
    KERNEL:sig_handled()
    post(HEAP.child, "again")
  end,
}
