-- R56 R215 R217 R218 R220 R221: postbacks and callbacks called from everywhere
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local postback, callback
local function use_both(where)
  if postback then postback(where .. " p") end
  local result = "gone"
  if callback then result = callback(where .. " c") end
  print(where .. " got " .. tostring(result))
end
local function told(what, called)
  print(what .. " " .. called[1] .. " from " .. name(SENDER) .. " " .. (CALLER_STATE or "none"))
end
poe.Session.create { heap = "S", inline_states = {
  _start = function()
    postback = SESSION:postback("heard", "made")
    callback = SESSION:callback("asked", "made")
  end,
  heard = function(_, called) told("heard", called) end,
  asked = function(made, called)
    told("asked", called)
    made[#made + 1] = "x"
    return "answer " .. #made
  end,
  _stop = function() print "S stop" end,
} }
use_both "program"
poe.Session.create { heap = "U", inline_states = {
  _start = function()
    use_both "_start"
    KERNEL:sig("thing", "signal")
    KERNEL:delay("timer", 0.02)
    yield "go"
    poe.Session.create { heap = "C", inline_states = {
      _start = function() KERNEL:delay("x", 0.05) end,
      x = function() end,
      _parent = function() use_both "_parent" end,
      _stop = function() use_both "C _stop" end,
    } }
  end,
  go = function() use_both "go" KERNEL:signal(SESSION, "thing") end,
  signal = function() use_both "signal" end,
  timer = function() use_both "timer" yield "nothing" end,
  _default = function(event) if not event:find "^_" then use_both "_default" end return 0 end,
  _child = function(reason)
    use_both("_child " .. reason)
    if reason == "lose" then KERNEL:delay("last", 0.02) end
  end,
  last = function() postback:release() print "postback let go" KERNEL:delay("end", 0.02) end,
  ["end"] = function() print "end" callback:release() end,
  _stop = function() print "U stop" end,
} }
KERNEL:run()
