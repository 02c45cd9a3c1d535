-- R217: a callback calls at once and hands back the results
local poe = require "poe"

local callback
poe.Session.create { heap = "A", inline_states = {
  _start = function() callback = SESSION:callback("e", "made") yield "own" end,
  own = function()
    print("A:own got " .. table.concat({ callback "itself" }, " ")
      .. ", active " .. KERNEL:get_active_session():get_heap())
  end,
  e = function(_, called)
    print("A:e by " .. called[1] .. ", active " .. KERNEL:get_active_session():get_heap() .. ", sent by "
      .. (SENDER == KERNEL and "kernel" or SENDER:get_heap()))
    return "answer", "to", called[1]
  end,
  _stop = function() print "A:_stop" end,
} }
poe.Session.create { heap = "B", inline_states = {
  _start = function() KERNEL:delay("go", 0.02) KERNEL:delay("end", 0.04) end,
  go = function()
    print("B:go got " .. table.concat({ callback("another", 2) }, " ")
      .. ", active " .. KERNEL:get_active_session():get_heap() .. " " .. KERNEL:get_active_event())
    print("B:go got " .. table.concat({ callback "the copy" }, " "))
    callback:release()
  end,
  ["end"] = function() print "B:end" end,
} }
print("main got " .. table.concat({ callback "the program" }, " "))
KERNEL:run()
