-- R19: yield and post are first in, first out across the process
local poe = require "poe"

local session = {}
for _, name in ipairs { "A", "B" } do
  session[name] = poe.Session.create { inline_states = {
    _start = function() yield "t1" yield "t2" end,
    t1 = function()
      print(name .. ":t1")
      post(session[name == "A" and "B" or "A"], "from", name)
    end,
    t2 = function() print(name .. ":t2") end,
    from = function(other) print(name .. ":from " .. other) end,
  } }
end
post(session.B, "from", "main")
post(session.A, "from", "main")
poe.Session.create { heap = { seen = 0, wrong = 0 }, inline_states = {
  _start = function()
    for i = 1, 1000 do yield("count", i) end
    yield "done"
  end,
  count = function(i)
    HEAP.seen = HEAP.seen + 1
    if i ~= HEAP.seen then HEAP.wrong = HEAP.wrong + 1 end
  end,
  done = function() print(("%d counted, %d out of order"):format(HEAP.seen, HEAP.wrong)) end,
} }
KERNEL:run()
