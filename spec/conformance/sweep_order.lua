-- R62 R63: collected at the end of the slice, the last idle one first
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    for _, n in ipairs { "C1", "C2", "C3" } do
      poe.Session.create { inline_states = {
        _start = function() HEAP.n = n end,
        _stop = function() print(n .. " stop") end,
      } }
    end
  end,
  _child = function(reason, child) print("p " .. reason .. " " .. child:get_heap().n) end,
  _stop = function() print "p stop" end,
} }
local b = poe.Session.create { inline_states = {
  _start = function() yield "x" end,
  x = function() print "b x" end,
  _stop = function() print "b stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() yield "x" end,
  x = function() print("b still resolves: " .. (KERNEL:alias_resolve(b:ID()) and 1 or 0)) end,
} }
KERNEL:run()
