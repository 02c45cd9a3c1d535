-- R117 R118 R119 R120 R121 R125: a signal and its tree
local poe = require "poe"

local s = {}
local function mk(n, watch, kids)
  poe.Session.create { inline_states = {
    _start = function()
      s[n] = SESSION
      HEAP.n = n
      KERNEL:alias_set(n)
      if watch then KERNEL:sig("TERM", "term", "own") end
      if kids then kids() end
    end,
    term = function(...)
      print(n .. " " .. table.concat({ ... }, " ") .. " " .. (SENDER == KERNEL and "kernel" or "?"))
    end,
    _child = function(reason, child)
      if reason ~= "create" then print(n .. " " .. reason .. " " .. child:get_heap().n) end
    end,
    _stop = function() print(n .. " stop") end,
  } }
end
mk("R", true, function()
  mk("A", true, function() mk("B", true, function() mk("C", false) end) end)
end)
poe.Session.create { inline_states = {
  _start = function() yield "go" end,
  go = function() KERNEL:signal(s.B, "TERM", "x", "y") KERNEL:delay("more", 0.02) end,
  more = function() print "--" KERNEL:signal("R", "TERM") end,
} }
KERNEL:run()
