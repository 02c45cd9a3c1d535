-- R130 R133 R140: a signal to the kernel reaches all; run returns and can run again
local poe = require "poe"

for _, n in ipairs { "A", "B" } do
  poe.Session.create { inline_states = {
    _start = function() KERNEL:delay("never", 9) KERNEL:sig("USR2", "u", n) end,
    u = function(...) print(n .. " u " .. table.concat({ ... }, " ")) end,
    never = function() print "never" end,
    _stop = function() print(n .. " stop") end,
  } }
end
poe.Session.create { inline_states = {
  _start = function() KERNEL:sig("USR2", "missing", "ex") yield "go" end,
  go = function() KERNEL:signal(KERNEL, "USR2", "hi") KERNEL:delay("end", 0.02) end,
  _default = function(event, list)
    if not event:find "^_" then print("default " .. event .. " " .. table.concat(list, " ")) end
  end,
  ["end"] = function() KERNEL:signal(KERNEL, "TERM") end,
  _stop = function() print "C stop" end,
} }
KERNEL:run()
print "returned"
poe.Session.create { inline_states = { _start = function() print "again" end } }
KERNEL:run()
