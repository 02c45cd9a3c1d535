-- R74 R121 R127 R235: stop() and a second terminal signal while a signal is on its way
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local does
local function try(n, what) if does[n .. " " .. what] then return does[n .. " " .. what]() end end
local function session(n, ...)
  local below = { ... }
  poe.Session.create { heap = n, inline_states = {
    _start = function()
      KERNEL:alias_set(n)
      for _, signal in ipairs { "TERM", "HUP" } do KERNEL:sig(signal, "got") end
      KERNEL:delay("end", 0.1)
      if below[1] then session(table.unpack(below)) end
    end,
    got = function(signal) print(n .. " " .. signal) try(n, signal) end,
    _child = function(reason, child) if reason ~= "create" then print(n .. " " .. reason .. " " .. name(child)) end end,
    _parent = function(_, new) print(n .. " parent " .. name(new)) end,
    _stop = function() print(n .. " stop") try(n, "_stop") end,
    ["end"] = function() print(n .. " end") KERNEL:alias_remove(n) end,
  } }
end
local cases = {
  { "stop in the last", ["A TERM"] = function() KERNEL:stop() print "rest" end },
  { "HUP from TERM to the child", ["B TERM"] = function() KERNEL:sig_handled() KERNEL:signal("C", "HUP") end },
  { "HUP to the child, TERM unhandled", ["B TERM"] = function() KERNEL:signal("C", "HUP") end },
  { "HUP to the parent in _stop", ["C _stop"] = function() KERNEL:signal("A", "HUP") end },
  { "child born in _stop", ["B _stop"] = function() session "N" end },
  { "call up in _stop", ["C _stop"] = function() print("called: " .. (call("A", "got", "by C") or "nil")) end },
}
for _, case in ipairs(cases) do
  print("-- " .. case[1])
  does = case
  session("A", "B", "C")
  KERNEL:signal((case[1]:find "HUP from" or case[1]:find "_stop") and "B" or "A", "TERM")
  KERNEL:run()
end
