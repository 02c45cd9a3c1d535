-- R136: a real INT tells all who watch; one of them may save everybody, and if none does all stop
local poe = require "poe"

local stopped -- in no order that POE promises
local function watcher(name, handles)
  poe.Session.create { inline_states = {
    _start = function() KERNEL:sig("INT", "int") KERNEL:delay("end", 0.1) end,
    int = function(signal) HEAP.told = signal if handles then KERNEL:sig_handled() end end,
    ["end"] = function() print(name .. " end, told " .. HEAP.told) KERNEL:sig "INT" end,
    _stop = function() stopped[#stopped + 1] = name .. " stop, told " .. HEAP.told end,
  } }
end
for _, saved in ipairs { true, false } do
  watcher("A", false)
  poe.Session.create { inline_states = {
    _start = function()
      KERNEL:delay("kill", 0.02)
      KERNEL:delay("end", 0.2)
      watcher("B", saved)
    end,
    kill = function() io.popen("kill -INT " .. poe.pid()):close() print "kill" end,
    ["end"] = function() print "unrelated end" end,
    _stop = function() stopped[#stopped + 1] = "unrelated stop" end,
  } }
  stopped = {}
  KERNEL:run()
  table.sort(stopped)
  print(table.concat(stopped, "\n"))
  print(saved and "saved" or "all stopped")
end
