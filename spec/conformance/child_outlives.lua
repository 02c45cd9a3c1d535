-- R150: a process that nobody watches outlives run
local poe = require "poe"

local pipe = assert(io.popen "echo $$; exec sleep 5")
local pid = pipe:read "n"
poe.Session.create { inline_states = {
  _start = function() KERNEL:sig_child(pid, "gone") KERNEL:delay("away", 0.02) end,
  away = function() KERNEL:sig_child(pid) print "away" end,
  gone = function() print "gone" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
print(os.execute("kill -0 " .. pid) and "still running" or "ended")
os.execute("kill " .. pid)
