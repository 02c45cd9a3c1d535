-- R244 R246 R247 R248 R252 R250: a machine calls states within states, with timers, signals, children
local poe = require "poe"

local function inside(...) print(MACHINE:get_current_state() .. ": " .. table.concat({ ... }, " ")) end
local function tick(...) inside("tick", ...) end
local function told(name) inside("told", name) end
local function default(event) if not event:find "^_" then inside("default", event) end end
local function leave() inside "leave" end
local machine = poe.NFA.spawn { runstate = { n = 0 }, inline_states = {
  one = {
    enter = function(...)
      inside("enter", ...)
      KERNEL:sig("thing", "told")
      KERNEL:delay("tick", 0.03, "set in one")
      yield "go"
    end,
    go = function()
      inside "go"
      MACHINE:call_state("back", "two", "enter", "a", "b")
      yield("tick", "yielded after")
      inside "go ends"
    end,
    back = function(result, word)
      inside("back", result, word, "from", " " .. (SENDER == MACHINE and "itself" or "?"))
      RUNSTATE.n = RUNSTATE.n + 1
      if RUNSTATE.n < 2 then yield "go" else MACHINE:stop() end
    end,
    tick = tick, leave = leave, told = told, _default = default,
  },
  two = {
    enter = function(...)
      inside("enter", ...)
      KERNEL:signal(MACHINE, "thing")
      post(MACHINE, "everywhere")
      MACHINE:call_state("home", "three", "enter")
    end,
    home = function(...) inside("home", ...) MACHINE:return_state("result", (...)) end,
    tick = tick, leave = leave, told = told, _default = default,
  },
  three = {
    enter = function()
      inside "enter"
      KERNEL:state("everywhere", function() inside "everywhere" end)
      KERNEL:delay("on", 0.05)
      poe.Session.create { inline_states = { _start = function() KERNEL:delay("x", 0.01) end, x = function() end } }
    end,
    on = function() inside "on" MACHINE:return_state "up" end,
    _child = function(reason) inside("child", reason) end,
    tick = tick, told = told, _default = default,
  },
} }
machine:goto_state("one", "enter", 1, 2)
KERNEL:run()
