-- R222 R223 R224 R225 R226 R228: detaching
local poe = require "poe"

local function er(r, _, code) print(r and "ok" or code) end
local function kid(n)
  poe.Session.create { inline_states = {
    _start = function() HEAP.n = n KERNEL:alias_set(n) KERNEL:delay("end", 0.05) end,
    off = function() er(KERNEL:detach_myself()) er(KERNEL:detach_myself()) end,
    _parent = function(_, new)
      print(n .. " parent " .. (new == KERNEL and "kernel" or "?"))
      yield "hi"
    end,
    hi = function() print(n .. " hi") end,
    ["end"] = function() KERNEL:alias_remove(n) end,
  } }
end
poe.Session.create { inline_states = {
  _start = function() HEAP.n = "P" kid "C1" kid "C2" kid "C3" yield "go" end,
  go = function()
    er(KERNEL:detach_child "C1")
    er(KERNEL:detach_child "C1")
    er(KERNEL:detach_child "none")
    er(KERNEL:detach_child(SESSION))
    call("C2", "off")
  end,
  _child = function(reason, child)
    local n = child:get_heap().n
    print("P " .. reason .. " " .. n)
    if reason == "create" and n == "C3" then KERNEL:detach_child(child) end
  end,
  _stop = function() print "P stop" end,
} }
KERNEL:run()
