-- R55: the parent can call the child from _child create and from _child lose
local poe = require "poe"

poe.Session.create { heap = "P", inline_states = {
  _start = function()
    poe.Session.create { heap = "C", inline_states = {
      _start = function() print "C:_start" KERNEL:delay("work", 0.02) return "ready" end,
      work = function() print "C:work" end,
      ask = function(word)
        print("C:ask " .. word .. " from " .. SENDER:get_heap() .. " in " .. CALLER_STATE)
        return "answer " .. word
      end,
      posted = function(word) print("C:posted " .. word) end,
      _stop = function() print "C:_stop" return "last words" end,
    } }
  end,
  _child = function(reason, child, value)
    print("P:_child " .. reason .. ", value " .. value)
    print("P got " .. call(child, "ask", reason))
    print("by id: " .. call(child:ID(), "ask", "id"))
    print("post: " .. (post(child, "posted", reason) and "ok" or "refused"))
  end,
  _stop = function() print "P:_stop" end,
} }
KERNEL:run()
