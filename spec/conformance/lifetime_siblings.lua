-- R63 R66: idle siblings stop in one sweep, each announced, the parent right after the last
local poe = require "poe"

local stopped, lost = {}, {}
poe.Session.create { heap = "P", inline_states = {
  _start = function()
    for _, name in ipairs { "C1", "C2", "C3" } do
      poe.Session.create { heap = name, inline_states = {
        _start = function() end,
        _stop = function()
          stopped[#stopped + 1] = name
          return "value of " .. name
        end,
      } }
    end
    yield "first"
  end,
  first = function() print("P:first, stopped so far: " .. #stopped) end,
  _child = function(reason, child, value)
    if reason ~= "lose" then return end
    lost[#lost + 1] = child:get_heap()
    print("lost in the order of stopping: "
      .. (table.concat(lost, " ") == table.concat(stopped, " ") and "yes" or "no")
      .. ", with its own value: " .. (value == "value of " .. lost[#lost] and "yes" or "no"))
  end,
  _stop = function()
    table.sort(lost)
    print("P:_stop after " .. table.concat(lost, " "))
  end,
} }
KERNEL:run()
