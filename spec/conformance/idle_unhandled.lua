-- R89 R91 R92: work without sig_handled is lost; a child's word saves the parent
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "a" KERNEL:sig("IDLE", "idle") end,
  idle = function() print "a idle" yield "work" end,
  work = function() print "a work" end,
  _stop = function() print "a stop" end,
} }
KERNEL:run()
poe.Session.create { inline_states = {
  _start = function()
    KERNEL:alias_set "p"
    KERNEL:sig("IDLE", "idle")
    poe.Session.create { inline_states = {
      _start = function() KERNEL:alias_set "c" KERNEL:sig("IDLE", "idle") end,
      idle = function()
        print "c idle"
        if HEAP.n then return end
        HEAP.n = 1
        KERNEL:sig_handled()
        yield "work"
      end,
      work = function() print "c work" end,
      _stop = function() print "c stop" end,
    } }
  end,
  idle = function() print "p idle" end,
  _child = function(reason) print("p " .. reason) end,
  _stop = function() print "p stop" end,
} }
KERNEL:run()
