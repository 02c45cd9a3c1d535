-- A session's error that the main chunk runs into in KERNEL:run, after it has waited, can be caught.
poe.sleep(0.001)
poe.spawn { _start = function() KERNEL:delay("fail", 0.001) end, fail = function() error("failed", 0) end }
print(pcall(KERNEL.run, KERNEL))        -- expect: false\tfailed
poe.sleep(0.001)
poe.spawn { _start = function() print "another" end } -- expect: another
print(KERNEL:run())                     -- expect: true
