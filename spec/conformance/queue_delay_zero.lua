-- R35: delay(0) does not starve: it takes turns with yield
local poe = require "poe"

poe.Session.create { heap = { y = 0, z = 0 }, inline_states = {
  _start = function() KERNEL:delay("z", 0) yield "y" end,
  y = function()
    HEAP.y = HEAP.y + 1
    print("y" .. HEAP.y)
    if HEAP.y < 4 then yield "y" end
  end,
  z = function()
    HEAP.z = HEAP.z + 1
    print("z" .. HEAP.z)
    if HEAP.z < 4 then KERNEL:delay("z", 0) end
  end,
} }
KERNEL:run()
