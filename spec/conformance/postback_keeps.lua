-- R72 R215 R216 R217 R218: postbacks and callbacks
local poe = require "poe"

local pb, cb
poe.Session.create { inline_states = {
  _start = function()
    pb = SESSION:postback("e", 1, 2)
    cb = SESSION:callback("e", "c")
  end,
  e = function(mine, theirs)
    print("e " .. table.concat(mine, " ") .. " | " .. table.concat(theirs, " "))
    mine[#mine + 1] = "changed"
    return theirs.n
  end,
  _stop = function() print "A stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() yield "x" end,
  x = function()
    pb "a"
    pb("b", "c")
    print("callback gives " .. cb("x", "y", "z"))
    pb:release()
    print "one gone"
    KERNEL:delay("y", 0.02)
  end,
  y = function() cb:release() print "both gone" KERNEL:delay("z", 0.02) end,
  z = function() print "z" end,
} }
KERNEL:run()
