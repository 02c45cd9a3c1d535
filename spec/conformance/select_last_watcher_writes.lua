-- R188: a session that drops its last watcher when reading stops before the writes
local poe = require "poe"

local a, b = poe.socket.pair()
local c, d = poe.socket.pair()
b:write "x"
for _, n in ipairs { "R", "W" } do
  poe.Session.create { inline_states = {
    _start = function() KERNEL:delay("watch", 0.02) end,
    watch = function()
      if n == "R" then KERNEL:select_read(a, "ready") else KERNEL:select_write(c, "ready") end
    end,
    ready = function(handle) print(n .. ":ready") KERNEL:select(handle) end,
    _stop = function() print(n .. ":_stop") end,
  } }
end
KERNEL:run()
d:close()
