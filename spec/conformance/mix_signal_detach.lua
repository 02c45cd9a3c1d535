-- R117 R121 R128 R222: who detaches, or is born, while a signal goes through its tree
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local does
local function session(n, ...)
  local below = { ... }
  poe.Session.create { heap = n, inline_states = {
    _start = function()
      KERNEL:alias_set(n)
      KERNEL:sig("TERM", "term")
      KERNEL:delay("end", n == "N" and 0.15 or 0.1)
      if below[1] then session(table.unpack(below)) end
      return "start " .. n
    end,
    term = function() print(n .. " TERM") if does[n] then does[n]() end end,
    call = function(f) print(n .. " call") f() end,
    _child = function(reason, child, result) print(n .. " " .. reason .. " " .. name(child) .. " " .. (result or "nil")) end,
    _parent = function(old, new) print(n .. " parent " .. name(old) .. " " .. name(new)) end,
    _stop = function() print(n .. " stop") return "stop " .. n end,
    ["end"] = function() print(n .. " end") KERNEL:alias_remove(n) end,
  } }
end
local function detach() KERNEL:detach_myself() end
local cases = {
  { "deepest detaches", C = detach },
  { "middle detaches, after the deepest was told", B = detach },
  { "parent detaches the child", A = function() KERNEL:detach_child "B" end },
  { "deepest detaches and saves", C = function() detach() KERNEL:sig_handled() end },
  { "one is born in the middle", B = function() session "N" end },
  { "one is born at the top, and saves", A = function() session "N" KERNEL:sig_handled() end },
  { "middle has the deepest detach by a call", B = function() call("C", "call", detach) end },
}
for _, case in ipairs(cases) do
  print("-- " .. case[1])
  does = case
  session("A", "B", "C")
  KERNEL:signal("A", "TERM")
  KERNEL:run()
end
