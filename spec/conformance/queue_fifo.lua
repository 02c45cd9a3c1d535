-- R19 R24: first in, first out, across the whole process
local poe = require "poe"

for _, n in ipairs { "A", "B" } do
  poe.Session.create { inline_states = {
    _start = function()
      local l = { "x" }
      yield("t1", l[1], l)
      l[1] = "changed"
      yield "t2"
    end,
    t1 = function(a, l) print(n .. " t1 " .. a .. " " .. l[1]) end,
    t2 = function() print(n .. " t2") end,
  } }
end
local last, ok = 0, 1
poe.Session.create { inline_states = {
  _start = function() for i = 1, 1000 do yield("n", i) end end,
  n = function(i)
    if i ~= last + 1 then ok = 0 end
    last = i
    if last == 1000 then print("1000 in order: " .. ok) end
  end,
} }
KERNEL:run()
