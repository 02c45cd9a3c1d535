-- R207: without its handler an event goes to _default, else it is dropped
local poe = require "poe"

warn "@off"
local function session(name, default)
  poe.Session.create { inline_states = {
    _default = default,
    _start = function()
      for event in ("e remove e unknown remove restore e"):gmatch "%a+" do yield(event) end
    end,
    e = function() print(name .. ":e") end,
    remove = function() print(name .. ":remove") KERNEL:state "e" KERNEL:state "never had" end,
    restore = function() KERNEL:state("e", function() print(name .. ":e restored") end) end,
    _stop = function() print(name .. ":_stop") end,
  } }
end
session "A"
KERNEL:run()
session("B", function(event) print("B:_default " .. event) end)
KERNEL:run()
