-- R167 R170: a DIE that the program made stops the family only; with slices, the slice of the DIE raises
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    KERNEL:delay("x", 0.02)
    poe.Session.create { inline_states = {
      _start = function() KERNEL:alias_set "C" KERNEL:sig("DIE", "died") KERNEL:delay("x", 60) end,
      died = function(name, info) print("C " .. name .. " " .. (type(info) == "table" and "record" or "nothing")) end,
      x = function() end,
      _stop = function() print "C stop" end,
    } }
  end,
  x = function() print "x" KERNEL:delay("y", 0.02) KERNEL:signal("C", "DIE") end,
  y = function() print "y" end,
  _child = function(reason) print("P " .. reason) end,
  _stop = function() print "P stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("x", 0.1) end,
  x = function() print "U x" end,
  _stop = function() print "U stop" end,
} }
KERNEL:run()
print "run returned"
poe.Session.create { inline_states = {
  _start = function() yield "boom" yield "x" end,
  boom = function() print "boom" error("bang", 0) end,
  x = function() print "x" end,
  _stop = function() print "stop" end,
} }
for n = 1, 2 do
  local ok, message = pcall(KERNEL.run_one_timeslice, KERNEL)
  print("slice " .. n .. ": " .. (ok and "fine" or message))
end
