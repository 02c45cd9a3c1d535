-- A service with a name: others reach it without having met it, and it ends when they have.
local poe = require "poe"

poe.spawn {
  _start = function()
    KERNEL:alias_set "logger"
    HEAP.lines = 0
  end,
  log = function(...)
    HEAP.lines = HEAP.lines + 1
    print(("%d from session %d:"):format(HEAP.lines, SENDER:ID()), ...)
  end,
  _stop = function() print(HEAP.lines .. " lines written") end,
}

for _, fruit in ipairs { "apple", "pear", "plum" } do
  poe.spawn {
    _start = function() post("logger", "log", "picking", fruit) KERNEL:delay("eat", 0.01) end,
    eat = function() post("logger", "log", "eating", fruit) end,
  }
end

-- prints:
-- 1 from session 3:	picking	apple
-- 2 from session 4:	picking	pear
-- 3 from session 5:	picking	plum
-- 4 from session 3:	eating	apple
-- 5 from session 4:	eating	pear
-- 6 from session 5:	eating	plum
-- 6 lines written
