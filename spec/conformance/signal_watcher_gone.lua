-- R137 R138: a signal whose watcher has gone meanwhile; PIPE tells every watcher
local poe = require "poe"

local n = 0
local function watcher(go)
  poe.Session.create { inline_states = {
    _start = function()
      KERNEL:sig("PIPE", "pipe")
      KERNEL:delay("end", 0.1)
      if go then yield "go" end
    end,
    go = function() os.execute("kill -PIPE " .. poe.pid()) print "kill" end,
    pipe = function() n = n + 1 print("PIPE " .. n) end,
    ["end"] = function() KERNEL:sig "PIPE" end,
  } }
end
watcher(true) watcher(false) watcher(false)
KERNEL:run()
poe.Session.create { inline_states = {
  _start = function() KERNEL:sig("foo", "got") yield "go" end,
  go = function() KERNEL:signal(SESSION, "foo") KERNEL:sig "foo" yield "end" end,
  got = function(name) print("got " .. name) end,
  ["end"] = function() print "end" end,
} }
KERNEL:run()
