-- A service with a name: others reach it without having met it, and it ends when they have.
local poe = require "poe"

poe.spawn {
  _start = function()
    KERNEL:alias_set "logger"
    HEAP.lines = 0
  end,
  log = function(text)
    HEAP.lines = HEAP.lines + 1
    print(("%d from session %d: %s"):format(HEAP.lines, SENDER:ID(), text))
  end,
  _stop = function() print(HEAP.lines .. " lines written") end,
}

for _, fruit in ipairs { "apple", "pear", "plum" } do
  poe.spawn {
    _start = function() post("logger", "log", "picking a " .. fruit) KERNEL:delay("eat", 0.01) end,
    eat = function() post("logger", "log", "eating a " .. fruit) end,
  }
end

-- prints:
-- 1 from session 3: picking a apple
-- 2 from session 4: picking a pear
-- 3 from session 5: picking a plum
-- 4 from session 3: eating a apple
-- 5 from session 4: eating a pear
-- 6 from session 5: eating a plum
-- 6 lines written
