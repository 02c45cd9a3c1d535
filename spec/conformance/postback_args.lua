-- R215 R216: a postback brings its own arguments and the call's, fresh each time
local poe = require "poe"

local postback
poe.Session.create { inline_states = {
  _start = function() postback = SESSION:postback("e", "made", 1) yield "go" end,
  go = function()
    for n = 1, 3 do
      assert(postback("called", n, nil) == true)
      print("call " .. n)
    end
    postback()
    yield "last"
  end,
  e = function(made, called)
    local words = {}
    for i = 1, called.n do words[i] = tostring(called[i]) end
    print("e: " .. table.concat(made, " ", 1, made.n) .. " | " .. table.concat(words, " ") .. " | "
      .. made.n .. " and " .. called.n)
    made[#made + 1] = "spoiled"
    made[1] = "spoiled"
  end,
  last = function() print "last" postback:release() end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
