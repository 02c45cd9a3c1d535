-- R139: who loses the last watcher of a real signal has the system's default again; PIPE ends nobody
local poe = require "poe"

if not arg[1] then
  for _, what in ipairs { "watched", "unwatched", "PIPE" } do
    local _, how, code = os.execute(("exec %s %s %s"):format(arg[-1], arg[0], what))
    print(what .. ": " .. how .. " " .. code)
  end
  return
end
poe.Session.create { inline_states = {
  _start = function()
    KERNEL:sig("USR1", "usr1")
    if arg[1] == "unwatched" then KERNEL:sig "USR1" end
    KERNEL:delay("go", 0.02)
  end,
  go = function()
    os.execute(("kill -%s %d"):format(arg[1] == "PIPE" and "PIPE" or "USR1", poe.pid()))
    KERNEL:delay("end", 0.05)
  end,
  usr1 = function() print "got" end,
  ["end"] = function() KERNEL:sig "USR1" end,
} }
KERNEL:run()
os.exit(7)
