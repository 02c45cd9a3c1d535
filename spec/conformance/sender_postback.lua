-- R56 R220: a postback's sender is the session that calls it, the kernel outside
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local postback, callback
local function seen(created, called)
  print("A:" .. STATE .. " by " .. called[1] .. ", " .. created[1] .. ": sender " .. name(SENDER)
    .. ", caller " .. (CALLER_STATE or "none"))
end
poe.Session.create { heap = "A", inline_states = {
  _start = function()
    postback = SESSION:postback("posted", "created in _start")
    callback = SESSION:callback("called", "created in _start")
    KERNEL:delay("own", 0.02)
  end,
  own = function()
    callback "own"
    postback "own"
    postback:release()
    callback:release()
  end,
  posted = seen,
  called = seen,
} }
poe.Session.create { heap = "B", inline_states = {
  _start = function() KERNEL:delay("use", 0.01) end,
  use = function() postback "B" callback "B" end,
} }
postback "main"
callback "main"
KERNEL:run()
