-- R116 R122 R131 R132: signals sent, watched, dropped and handled inside the handler of a signal
local poe = require "poe"

local function line(...) print(table.concat({ ... }, " ")) end
poe.Session.create { inline_states = {
  _start = function()
    KERNEL:alias_set "P"
    KERNEL:sig("TERM", "term", "P")
    KERNEL:sig("one", "one", "first")
    KERNEL:delay("end", 0.1)
    poe.Session.create { inline_states = {
      _start = function()
        KERNEL:alias_set "C"
        KERNEL:sig("TERM", "term", "C")
        KERNEL:sig("one", "one", "own")
        KERNEL:delay("end", 0.1)
      end,
      term = function(_, n, ...)
        line("C TERM", n, ...)
        if n == 1 then call("P", "saves") end
        KERNEL:signal("C", "one", "from C")
        yield("after", n)
      end,
      one = function(_, how, ...)
        line("C one", how, ...)
        KERNEL:sig("one", "other", "changed")
        if how == "again" then KERNEL:sig "TERM" end
      end,
      other = function(_, ...) line("C other", ...) end,
      after = function(n) line("C after", n) end,
      ["end"] = function() print "C end" KERNEL:alias_remove "C" end,
      _stop = function() print "C stop" end,
    } }
    yield "go"
  end,
  go = function()
    KERNEL:signal("P", "TERM", 1)
    KERNEL:signal("P", "one", "again")
    yield "more"
  end,
  more = function() print "more" KERNEL:signal("P", "one") KERNEL:delay("late", 0.02) end,
  late = function() print "late" KERNEL:signal("P", "TERM", 2) yield "lost" end,
  lost = function() print "lost" end,
  saves = function() print "P saves" KERNEL:sig_handled() end,
  term = function(_, ...) line("P TERM", ...) KERNEL:sig "one" end,
  one = function(_, ...) line("P one", ...) end,
  ["end"] = function() print "P end" end,
  _child = function(reason) print("P " .. reason) end,
  _stop = function() print "P stop" end,
} }
KERNEL:run()
