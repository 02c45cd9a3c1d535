-- R156 R157 R131: sig_handled said while the family of an unhandled DIE stops
local poe = require "poe"

for _, where in ipairs { "_stop", "_child", "nowhere" } do
  print("-- " .. where)
  poe.Session.create { inline_states = {
    _start = function()
      poe.Session.create { inline_states = {
        _start = function() yield "boom" end,
        boom = function() print "boom" error("bang", 0) end,
        _stop = function() print "C stop" if where == "_stop" then KERNEL:sig_handled() end end,
      } }
    end,
    _child = function(reason)
      print("P " .. reason)
      if where == "_child" and reason == "lose" then KERNEL:sig_handled() end
    end,
    _stop = function() print "P stop" end,
  } }
  poe.Session.create { inline_states = {
    _start = function() KERNEL:delay("x", 0.02) end,
    x = function() print "U x" end,
    _stop = function() print "U stop" end,
  } }
  local ok, message = pcall(KERNEL.run, KERNEL)
  print(ok and "fine" or "run: " .. message)
end
