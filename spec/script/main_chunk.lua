-- The main chunk runs before the kernel does; what it posts waits for KERNEL:run, which a program
-- may leave to poe.
print(SESSION, SENDER, STATE, KERNEL:ID())     -- expect 1: kernel\tnil\tnil\t1
local s = poe.spawn {
  _start = function() KERNEL:alias_set "s" KERNEL:delay("y", 0.01) end,
  x = function(...) print("x", ...) end,
  -- expect 3: x\tfrom\tmain
  -- expect 6: x\tagain
  y = function() end,
  _stop = function() print "stopped" end,
  -- expect 7: stopped
}
post(s, "x", "from", "main")
print "nothing has run yet"                    -- expect 2: nothing has run yet
local slices = 0
KERNEL:run_while(function() slices = slices + 1 return slices == 1 end)
print "one slice has run"                      -- expect 4: one slice has run
print(post("s", "x", "again"))                 -- expect 5: true
