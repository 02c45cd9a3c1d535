-- R17 R74 R77 R81 R222 R223 R226: detaching in _stop, in _child lose, in _parent, and who is told
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function told(result) print("detach: " .. (result and "ok" or "no")) end
local does
local function try(what) if does[what] then does[what]() end end
local function session(n, life, ...)
  local below = { ... }
  poe.Session.create { heap = n, inline_states = {
    _start = function()
      KERNEL:alias_set(n)
      KERNEL:delay("end", life)
      for _, start in ipairs(below) do start() end
      return n
    end,
    call = function(f) return f() end,
    ["end"] = function() print(n .. " end") try(n .. " end") KERNEL:alias_remove(n) end,
    _child = function(reason, child, result)
      local what = n .. " " .. reason .. " " .. name(child)
      print(what .. " " .. tostring(result))
      try(what)
    end,
    _parent = function(old, new) print(n .. " parent " .. name(old) .. " " .. name(new)) try(n .. " parent") end,
    _stop = function() print(n .. " stop") try(n .. " stop") return n .. " bye" end,
  } }
end
local function detach(who) return function() told(KERNEL:detach_child(who)) end end
local function detach_c() KERNEL:detach_child "C" end
local cases = {
  { "in _stop, oneself", ["C stop"] = function() told(KERNEL:detach_myself()) end },
  { "in _stop, by a call to the parent",
    ["C stop"] = function() told(call("P", "call", function() return KERNEL:detach_child "C" end)) end },
  { "in lose, the lost", ["P lose C"] = detach "C" },
  { "in lose, the sister", ["P lose C"] = detach "S" },
  { "in _parent, the grandchild", ["P end"] = detach_c, ["C parent"] = detach "G" },
  { "in lose of a detach, another", ["P end"] = detach_c, ["P lose C"] = detach "S" },
  { "stopped in lose of a detach", ["P end"] = detach_c, ["P lose C"] = function() KERNEL:signal("C", "TERM") end },
  { "a child born in _parent", ["P end"] = detach_c, ["C parent"] = function() session("N", 0.02) end },
}
for _, case in ipairs(cases) do
  print("-- " .. case[1])
  does = case
  local early = case["P end"] ~= nil
  session("P", early and 0.02 or 0.06,
    function() session("C", early and 0.06 or 0.04, function() session("G", early and 0.08 or 0.02) end) end,
    function() session("S", 0.1) end)
  KERNEL:run()
end
