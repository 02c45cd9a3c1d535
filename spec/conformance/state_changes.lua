-- R204 R205 R206 R207 R208: handlers changed at run time
local poe = require "poe"

local Obj = {}
Obj.__index = Obj
function Obj:m1() print("m1 of " .. self.n .. " in " .. STATE) end
function Obj.pk() print "package Obj" end
local o = setmetatable({ n = "obj" }, Obj)
poe.Session.create {
  object_states = { [o] = { ev = "m1" } },
  package_states = { [Obj] = { "pk" } },
  inline_states = {
    _start = function() yield "ev" yield "pk" yield "x" end,
    x = function()
      yield "r"
      yield "chg"
      yield "r"
      yield "gone"
      yield "m1"
      KERNEL:state("m1", o)
      yield "named"
      KERNEL:state("named", o, "m1")
    end,
    r = function() print "r old" end,
    chg = function()
      KERNEL:state("r", function() print "r new" end)
      KERNEL:state "gone"
      KERNEL:state "never"
      KERNEL:state("_stop", function() print "stop new" end)
    end,
    gone = function() print "gone?" end,
    _stop = function() print "stop old" end,
    _default = function(event) print("default " .. event) end,
  },
}
KERNEL:run()
