-- R25 R82: when arguments, timers and the heap of a session are let go
local poe = require "poe"

local there = setmetatable({}, { __mode = "v" })
local function thing(name)
  local new = {}
  there[name] = new
  return new
end
local function look(where)
  collectgarbage()
  collectgarbage()
  local line = where .. ":"
  for _, name in ipairs { "argument", "timer", "heap" } do
    if there[name] then line = line .. " " .. name end
  end
  print(line)
end
poe.Session.create { inline_states = {
  _start = function()
    poe.Session.create { heap = thing "heap", inline_states = {
      _start = function()
        yield("x", thing "argument")
        KERNEL:delay("never", 60, thing "timer")
      end,
      x = function() look "x" yield "next" end,
      next = function() look "next" KERNEL:signal(SESSION, "TERM") end,
      _stop = function() look "_stop" end,
    } }
  end,
  _child = function(reason)
    look("_child " .. reason)
    if reason == "lose" then yield "after" end
  end,
  after = function() look "after" end,
} }
KERNEL:run()
