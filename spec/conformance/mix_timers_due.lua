-- R33 R98 R100 R101 R104 R107 R108: timers that are due together change one another
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() yield "set" end,
  set = function()
    for n = 1, 8 do HEAP[n] = KERNEL:alarm_set("t", 100 + n, n, "arg") end
    KERNEL:alarm("named", 50, "named")
    KERNEL:delay_add("named", 60, "kept?")
    yield "after set"
  end,
  named = function(what) print("named " .. what) end,
  t = function(n)
    print("t" .. n)
    if n == 1 then
      local event, time, args = KERNEL:alarm_remove(HEAP[2])
      print(("removed %s,%d,%s"):format(event, time, table.concat(args, ",")))
      print("again: " .. (KERNEL:alarm_remove(HEAP[2]) and "?" or "no"))
      print("itself: " .. (KERNEL:alarm_remove(HEAP[1]) and "?" or "no"))
      print(("adjusted to %d"):format(KERNEL:alarm_adjust(HEAP[6], -50)))
      KERNEL:delay_adjust(HEAP[4], 0.05)
      KERNEL:alarm_set("t", 20, "past")
      yield "posted"
      KERNEL:delay "named"
    elseif n == 7 then
      local all = KERNEL:alarm_remove_all()
      for i, alarm in ipairs(all) do all[i] = alarm.event .. "/" .. alarm.args[1] end
      print("all: " .. table.concat(all, " "))
      KERNEL:alarm_add("t", 30, "fresh")
      KERNEL:alarm_add("t", 30, "fresh too")
      KERNEL:delay("t2", 0.02)
    elseif n == "fresh" then
      KERNEL:alarm("t", 40, "only")
    end
  end,
  posted = function() print "posted" end,
  t2 = function() print "t2" end,
  ["after set"] = function() print "after set" end,
} }
KERNEL:run()
