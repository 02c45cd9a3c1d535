-- R1 R4 R7 R9 R16 R83 R117: what a _start may do to itself, its parent and its sisters
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local id = {}
local function session(n, start)
  poe.Session.create { heap = n, inline_states = {
    _start = function()
      print(n .. " start from " .. name(SENDER))
      id[n] = SESSION:ID()
      local r = "plain"
      if start then r = start(SENDER) end
      print(n .. " started")
      return r
    end,
    call = function(f)
      print(n .. " call from " .. name(SENDER))
      if f then f() end
      return "called"
    end,
    x = function(what) print(n .. " x " .. what) end,
    mine = function() print(n .. " mine") end,
    _child = function(reason, child, result) print(n .. " " .. reason .. " " .. name(child) .. " " .. tostring(result)) end,
    _parent = function(old, new) print(n .. " parent " .. name(old) .. " " .. name(new)) end,
    _stop = function() print(n .. " stop") return n .. " value" end,
  } }
end
session("P", function()
  KERNEL:sig("mine", "mine")
  yield("x", "first")
  session("A", function(p)
    post(p, "x", "from A")
    return "A got " .. call(p, "call", function()
      session("B", function() yield("x", "own") KERNEL:detach_myself() return "B value" end)
    end)
  end)
  session("C", function()
    yield("x", "before")
    KERNEL:signal(SESSION, "TERM")
    yield("x", "after")
  end)
  session("D", function(p)
    KERNEL:signal(p, "mine")
    KERNEL:delay("x", 60, "never")
    KERNEL:delay "x"
    post(id.A, "x", "from D")
    return 0
  end)
  session("E", function()
    session("F", function()
      call(id.E, "call", function() KERNEL:detach_child(id.F) end)
      return "F value"
    end)
    yield("x", "E")
    return ""
  end)
  KERNEL:delay("x", 0.02, "last")
  return "P value"
end)
KERNEL:run()
