-- R121 R127 R157 R162: errors in _stop while a signal stops a tree
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function session(n, dies, below)
  poe.Session.create { heap = n, inline_states = {
    _start = function()
      KERNEL:alias_set(n)
      KERNEL:sig("DIE", "died")
      KERNEL:delay("x", 60)
      if below then below() end
    end,
    _child = function(reason, child, result)
      if reason ~= "create" then print(n .. " " .. reason .. " " .. name(child) .. " " .. (result or "nil")) end
    end,
    _stop = function()
      print(n .. " stop")
      if dies then error(n .. " died", 0) end
      return "value of " .. n
    end,
    died = function() print(n .. " DIE") KERNEL:sig_handled() end,
    x = function() end,
  } }
end
session("R", false, function()
  session("A", false, function() session("B", true, function() session("C", false) end) end)
end)
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("go", 0.02) KERNEL:delay("later", 0.05) KERNEL:delay("end", 0.1) end,
  go = function() print "go" KERNEL:signal("A", "TERM") yield "next" end,
  next = function() print "next" end,
  later = function() print "later" end,
  ["end"] = function() print "end" end,
} }
for _ = 1, 2 do
  local ok, message = pcall(KERNEL.run, KERNEL)
  print(ok and "fine" or "run: " .. message)
end
