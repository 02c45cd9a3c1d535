-- An error in a handler is the signal DIE: whoever calls sig_handled keeps the family running.
local poe = require "poe"

poe.spawn {
  _start = function()
    KERNEL:sig("DIE", "trouble")
    poe.spawn {
      _start = function() yield "work" end,
      work   = function() error("no bread today", 0) end,
      _stop  = function() print "the child stops when it is done, not because it failed" end,
    }
  end,

  trouble = function(_, info)
    print(("'%s' failed in '%s'"):format(info.error_str, info.event))
    KERNEL:sig_handled()
  end,
}

-- prints:
-- 'no bread today' failed in 'work'
-- the child stops when it is done, not because it failed
