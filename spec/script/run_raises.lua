-- KERNEL:run() raises what nobody handled; a program may catch it and go on with new sessions.
poe.spawn { _start = function() error("first", 0) end }
print(pcall(KERNEL.run, KERNEL))                       -- expect: false\tfirst
poe.spawn { _stop = function() error("in _stop", 0) end }
print(pcall(KERNEL.run, KERNEL))                       -- expect: false\tin _stop
local object = setmetatable({}, { __tostring = function() return "an object" end })
poe.spawn { _start = function() error(object) end }
print(select(2, pcall(KERNEL.run, KERNEL)) == object)  -- expect: true
poe.spawn { _start = function() yield "x" end, x = function() print "works" end } -- expect: works
print(KERNEL:run())                                    -- expect: true
