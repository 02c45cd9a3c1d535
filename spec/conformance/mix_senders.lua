-- R56 R114 R58: SENDER, CALLER_STATE and active event of what is posted in special places
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function seen(...)
  local line = name(SESSION) .. ":" .. STATE
  for i = 1, select("#", ...) do
    local a = select(i, ...)
    if type(a) == "string" then line = line .. " " .. a end
  end
  print(line .. " from " .. name(SENDER) .. " " .. (CALLER_STATE or "none") .. " active " .. KERNEL:get_active_event())
end
local function all(why)
  yield("e", why .. " yield")
  post("other", "e", why .. " post")
  KERNEL:delay_add("e", 0.01, why .. " delay")
  KERNEL:signal("other", "thing", why .. " signal")
  call("other", "c", why .. " call")
end
poe.Session.create { heap = "O", inline_states = {
  _start = function() KERNEL:alias_set "other" KERNEL:sig("thing", "sig", "own") end,
  e = seen,
  sig = seen,
  c = function(what) seen(what) if SENDER ~= KERNEL then post(SENDER, "reply", what) end end,
} }
local c
poe.Session.create { heap = "S", inline_states = {
  _start = function()
    seen()
    all "_start"
    KERNEL:sig("mine", "mine")
    poe.Session.create { heap = "C", inline_states = {
      _start = function()
        seen()
        KERNEL:delay("x", 0.05)
        post(SENDER, "e", "from C _start")
        return "started"
      end,
      _parent = function(...) seen(...) all "_parent" end,
      x = seen, e = seen, reply = seen,
      _stop = function() seen() call("other", "c", "C _stop") end,
    } }
    KERNEL:delay("detach", 0.02)
  end,
  detach = function() KERNEL:signal(SESSION, "mine") KERNEL:detach_child(c) end,
  mine = function(...) seen(...) all "signal" end,
  _child = function(reason, child, ...) seen(reason, child, ...) c = child all("_child " .. reason) end,
  e = seen, reply = seen,
  _stop = seen,
} }
KERNEL:run()
