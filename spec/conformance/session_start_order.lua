-- R1 R3: _start runs inside create, _child create right behind it
local poe = require "poe"

local function pair()
  poe.Session.create { inline_states = {
    _start = function()
      print("P:_start begins, active event " .. KERNEL:get_active_event())
      poe.Session.create { inline_states = {
        _start = function()
          print("C:_start with " .. KERNEL:get_event_count() .. " queued")
          return "ready"
        end,
        _stop = function() print "C:_stop" end,
      } }
      print "create returned to P"
      print "P:_start ends"
    end,
    _child = function(reason, _, result)
      print("P:_child " .. reason .. ", active event " .. KERNEL:get_active_event() .. ", active is P: "
        .. (KERNEL:get_active_session() == SESSION and "yes" or "no")
        .. ", sent by the kernel: " .. (SENDER == KERNEL and "yes" or "no")
        .. ", result " .. (result or "none"))
    end,
    _stop = function() print "P:_stop" end,
  } }
  print "create returned to the program"
end
pair()
KERNEL:run()
print "run returned"
