-- R157 R158 R161: nobody handles it: the family, then all others, then run raises it
local poe = require "poe"

local function mk(n, kids)
  poe.Session.create { inline_states = {
    _start = function()
      HEAP.n = n
      if kids then kids() end
      if n == "C" then yield "boom" end
      KERNEL:delay("end", 9)
    end,
    boom = function() print "C boom" error "oops" end,
    _child = function(reason, child)
      if reason ~= "create" then print(n .. " " .. reason .. " " .. child:get_heap().n) end
    end,
    _parent = function() print(n .. " parent") end,
    _stop = function() print(n .. " stop") end,
  } }
end
mk("GP", function() mk("P", function() mk("C", function() mk "GC" end) end) end)
mk "U"
local ok, err = pcall(KERNEL.run, KERNEL)
print(ok and "no error" or err:find "oops" and "raised oops" or "raised other")
mk "again"
print "made"
KERNEL:stop()
KERNEL:run()
