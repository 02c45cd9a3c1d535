-- R75: a machine that stops hands its child to its parent
local poe = require "poe"

local names = {}
local function name(s) return s == KERNEL and "kernel" or names[s:ID()] end
poe.Session.create { inline_states = {
  _start = function()
    names[SESSION:ID()] = "GP"
    poe.NFA.spawn { inline_states = { only = {
      setup = function()
        names[SESSION:ID()] = "M"
        poe.Session.create { inline_states = {
          _start = function() names[SESSION:ID()] = "C" KERNEL:delay("work", 0.03) end,
          work = function() print "C:work" end,
          _parent = function(old, new) print("C:_parent " .. name(old) .. " -> " .. name(new)) end,
          _stop = function() print "C:_stop" return "C's value" end,
        } }
        yield "halt"
      end,
      halt = function() print "M:halt" MACHINE:stop() end,
      _child = function(reason, child) print("M:_child " .. reason .. " " .. name(child)) end,
    } } }:goto_state("only", "setup")
  end,
  _child = function(reason, child)
    if reason ~= "create" then print("GP:_child " .. reason .. " " .. name(child)) end
  end,
  _stop = function() print "GP:_stop" end,
} }
KERNEL:run()
