-- os.exit, in a session, while the main chunk and handlers wait.
local _ <close> = setmetatable({}, { __close = function() print "closed" end }) -- expect 2: closed
poe.spawn {
  _start = function() yield "waits" KERNEL:delay("exit", 0.002) poe.sleep(60) end,
  waits = function() poe.with_timeout(60, poe.wait, "never") end,
  exit = function() print "exits" poe.sleep(0.001) os.exit(7, true) end, -- expect 1: exits
}
poe.sleep(60)
-- expect-exit: 7
