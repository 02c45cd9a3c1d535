-- R43 R44: call runs at once, ahead of the queue, and hands back the results
local poe = require "poe"

local a = poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "a" end,
  queued = function() print "A:queued" end,
  sync = function(word)
    print("A:sync " .. word)
    yield "after"
    return "done " .. word
  end,
  after = function() print "A:after" end,
  list = function(...) return ... end,
  none = function() end,
} }
poe.Session.create { inline_states = {
  _start = function() post(a, "queued") yield "t1" yield "t2" end,
  t1 = function()
    print "B:t1 begins"
    print("B:t1 got " .. call(a, "sync", "one"))
    print("B:t1 got " .. call("a", "sync", "two"))
    print("B:t1 got " .. call(a:ID(), "sync", "three"))
    local list = table.pack(call(a, "list", 4, 5, 6))
    print(list.n .. " results: " .. table.concat(list, " "))
    print(select("#", call(a, "none")) .. " results")
    print "B:t1 ends"
  end,
  t2 = function() print "B:t2" end,
} }
KERNEL:run()
