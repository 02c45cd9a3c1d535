-- R71 R202: a reference count keeps a session until anybody takes it away
local poe = require "poe"

local id = {}
for _, name in ipairs { "own", "others", "main" } do
  local session = poe.Session.create { inline_states = {
    _start = function()
      if name ~= "main" then KERNEL:refcount_increment(SESSION:ID(), "tag") end
    end,
    release = function() print(name .. ":release " .. KERNEL:refcount_decrement(SESSION:ID(), "tag")) end,
    _stop = function() print(name .. ":_stop") end,
  } }
  id[name] = session:ID()
end
print("main counts " .. KERNEL:refcount_increment(id.main, "tag"))
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("first", 0.02) end,
  first = function()
    print("first " .. KERNEL:refcount_decrement(id.others, "tag"))
    KERNEL:delay("second", 0.02)
  end,
  second = function() print "second" post(id.own, "release") KERNEL:delay("third", 0.02) end,
  third = function()
    print("third " .. KERNEL:refcount_increment(id.main, "other"))
    print("third " .. KERNEL:refcount_decrement(id.main, "tag"))
    KERNEL:delay("fourth", 0.02)
  end,
  fourth = function()
    print("fourth " .. KERNEL:refcount_decrement(id.main, "other"))
    KERNEL:delay("last", 0.02)
  end,
  last = function() print "last" end,
} }
KERNEL:run()
