-- R13 R41: a session object that is kept tells its ID and heap after the end
local poe = require "poe"

local heap = { word = "kept" }
local id
local a = poe.Session.create { heap = heap, inline_states = {
  _start = function() id = SESSION:ID() yield "x" end,
  x = function() print "A:x" end,
  _stop = function() print("A:_stop, heap word " .. SESSION:get_heap().word) end,
} }
local b = poe.Session.create { heap = "B's heap", inline_states = {
  _start = function() KERNEL:delay("look", 0.02) end,
  look = function()
    local self = SESSION
    print("stopped: " .. (KERNEL:ID_id_to_session(id) and "no" or "yes"))
    print("A's ID: " .. (a:ID() == id and "the same" or "another"))
    print("A's heap: " .. (a:get_heap() == heap and "the same" or "another"))
    KERNEL:stop()
    print("B's heap: " .. tostring(self:get_heap()))
  end,
} }
KERNEL:run()
print("B's heap: " .. tostring(b:get_heap()))
print("in it: " .. tostring(a:get_heap() and a:get_heap().word))
