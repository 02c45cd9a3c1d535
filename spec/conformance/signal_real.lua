-- R134 R135: real signals, only while watched, in turn with posts
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() KERNEL:sig("USR1", "usr1") yield "a" KERNEL:delay("end", 0.1) end,
  a = function() print "a" os.execute("kill -USR1 " .. poe.pid()) end,
  usr1 = function(name) print("got " .. name .. " " .. (SENDER == KERNEL and "kernel" or "?")) end,
  ["end"] = function() KERNEL:sig "USR1" print "end" end,
} }
KERNEL:run()
