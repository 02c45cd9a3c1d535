-- R152 R157 R235: stop() in the handler of DIE, beside a queued DIE, and in a handler that then fails
local poe = require "poe"

for _, case in ipairs { "in DIE", "in DIE handled", "before DIE comes", "then fails", "fails, stop in _stop" } do
  print("-- " .. case)
  poe.Session.create { inline_states = {
    _start = function() KERNEL:sig("DIE", "died") yield "boom" yield "next" end,
    boom = function()
      print "boom"
      if case == "then fails" then KERNEL:stop() end
      error("bang", 0)
    end,
    next = function() print "next" if case:find "before" then KERNEL:stop() end end,
    died = function()
      print "DIE"
      if case:find "handled" then KERNEL:sig_handled() end
      if case:find "in DIE" then KERNEL:stop() end
      print "rest"
    end,
    _stop = function() print "stop" if case:find "_stop" then KERNEL:stop() end end,
  } }
  poe.Session.create { inline_states = {
    _start = function() KERNEL:delay("x", 0.02) end,
    x = function() print "x" end,
  } }
  local ok, message = pcall(KERNEL.run, KERNEL)
  print(ok and "fine" or "run: " .. message)
end
