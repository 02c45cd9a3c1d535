-- R70 R86 R91 R195 R58: aliases that move in _stop and _child lose, and alias-only families in IDLE
local poe = require "poe"

local once = false
local function has(alias)
  local s = KERNEL:alias_resolve(alias)
  return s and s:get_heap() or "nobody"
end
local function set(alias) return KERNEL:alias_set(alias) and "yes" or "no" end
local function session(n, alias, start)
  poe.Session.create { heap = n, inline_states = {
    _start = function()
      KERNEL:alias_set(alias)
      KERNEL:sig("IDLE", "idle")
      if start then start() end
    end,
    _child = function(reason, child)
      if reason == "create" then return end
      local c = child:get_heap():lower()
      print(n .. " lose " .. c:upper() .. ", " .. c .. " is " .. has(c) .. ", set: " .. set(c))
      yield("check", c)
    end,
    check = function(c)
      print(n .. " check " .. c .. " is " .. has(c) .. ", set: " .. set(c))
      post(c, "hello", n)
    end,
    hello = function(from) print(n .. " hello from " .. from) end,
    give = function(name) print(n .. " gives " .. name) KERNEL:alias_remove(name) end,
    take = function(name) print(n .. " takes " .. name .. ": " .. set(name)) end,
    idle = function()
      print(n .. " idle")
      if n == "C" and not once then
        once = true
        KERNEL:sig_handled()
        yield "work"
      end
    end,
    work = function() print(n .. " work") KERNEL:alias_remove(alias) end,
    _stop = function()
      print(n .. " stop, " .. alias .. " is " .. has(alias))
      if n == "C" then call("p", "take", alias) end
    end,
  } }
end
session("P", "p", function() session("C", "c", function() session("G", "g") end) end)
KERNEL:run()
print("p is " .. has "p" .. ", c is " .. has "c")
session("A", "x") session("B", "y")
poe.Session.create { heap = "D", inline_states = {
  _start = function() yield "go" end,
  go = function()
    post("x", "hello", "D")
    post("x", "give", "x")
    post("y", "take", "x")
    yield "then"
  end,
  ["then"] = function()
    print("x is " .. has "x")
    post("x", "hello", "D")
    post("y", "give", "y")
    post("y", "give", "x")
  end,
} }
KERNEL:run()
