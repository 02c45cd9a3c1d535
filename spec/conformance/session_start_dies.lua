-- R15: an error in _start does not reach the creator; it becomes DIE
local poe = require "poe"

poe.Session.create { heap = "P", inline_states = {
  _start = function()
    print "P:_start"
    KERNEL:sig("DIE", "died")
    local child = poe.Session.create { heap = "C", inline_states = {
      _start = function() print "C:_start" error "boom" end,
      _stop = function() print "C:_stop" end,
    } }
    print("create returned " .. (child and "a session" or "nothing"))
    yield "next"
  end,
  _child = function(reason, child, result)
    print("P:_child " .. reason .. " " .. child:get_heap() .. " " .. tostring(result))
  end,
  died = function(_, info)
    print("P:died of " .. info.event .. ", " .. (info.error_str:find "boom" and "boom" or "?")
      .. ", in " .. info.dest_session:get_heap())
    KERNEL:sig_handled()
  end,
  next = function() print "P:next" end,
  _stop = function() print "P:_stop" end,
} }
KERNEL:run()
print "run returned"

print "nobody handles it:"
local session = poe.Session.create { inline_states = {
  _start = function() error "bang" end,
  _stop = function() print "D:_stop" end,
} }
print("create returned " .. (session and "a session" or "nothing"))
local fine, message = pcall(KERNEL.run, KERNEL)
print("run " .. (fine and "returned" or tostring(message):find "bang" and "raised bang" or "raised"))
