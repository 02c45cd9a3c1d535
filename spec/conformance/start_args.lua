-- R12 R13: args are spread, heap is what was given
local poe = require "poe"

poe.Session.create { args = { "a", nil, "c", n = 3 }, heap = "own", inline_states = {
  _start = function(...)
    local a, b, c = ...
    print(select("#", ...) .. " " .. a .. " " .. tostring(b) .. " " .. c .. " " .. HEAP)
  end,
} }
poe.Session.create { args = "single", inline_states = {
  _start = function(a)
    print(a .. " " .. type(HEAP))
    print(SESSION:get_heap() == HEAP and "same" or "other")
  end,
} }
KERNEL:run()
