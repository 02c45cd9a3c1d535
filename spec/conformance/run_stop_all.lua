-- R235: stop() reaches unrelated sessions; each hears _stop once
local poe = require "poe"

local stopped = {}
local function look(when)
  local words = {}
  for name in pairs(stopped) do words[#words + 1] = name end
  table.sort(words)
  for i, name in ipairs(words) do words[i] = name .. "=" .. stopped[name] end
  print(when .. ": " .. table.concat(words, " "))
end
local function session(name, states)
  local all = {
    _start = function() KERNEL:delay("never", 5) end,
    never = function() print(name .. ":never") end,
    _stop = function() stopped[name] = (stopped[name] or 0) + 1 end,
  }
  for event, handler in pairs(states or {}) do all[event] = handler end
  poe.Session.create { inline_states = all }
end
session("A", { _start = function() KERNEL:alias_set "A" end })
session("B", { _start = function() session "B1" session "B2" end })
session("C", {
  _start = function() yield "x" session "C1" end,
  x = function()
    post("A", "never")
    KERNEL:stop()
    look "after stop"
  end,
})
session("D", { _start = function() KERNEL:refcount_increment(SESSION:ID(), "tag") end })
KERNEL:run()
look "after run"
