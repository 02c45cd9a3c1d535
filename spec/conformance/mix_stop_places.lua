-- R235 R236 R237: stop() in _default, a callback, a nested call
local poe = require "poe"

local case
local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function halt(where)
  KERNEL:stop()
  print(where .. ": active " .. name(KERNEL:get_active_session()))
end
local function session(n, start)
  poe.Session.create { heap = n, inline_states = {
    _start = function()
      KERNEL:alias_set(n)
      KERNEL:delay("end", 0.05)
      if start then start() end
      print(n .. " started")
    end,
    _child = function(reason, child) print(n .. " " .. reason .. " " .. name(child)) end,
    _parent = function(_, new) print(n .. " parent " .. name(new)) end,
    _default = function(event) if not event:find "^_" then halt "_default" end end,
    go = function()
      print "go"
      if case == "_default" then yield "unknown"
      elseif case == "callback" then SESSION:callback "halt" ()
      elseif case == "call" then call("C", "relay") print "went " return end
      print("went " .. name(KERNEL:get_active_session()) .. " " .. (KERNEL:get_active_event() or "nil"))
    end,
    relay = function()
      call("P", "halt")
      print "relayed"
      print("post: " .. (post("P", "x") and "ok" or "no"))
    end,
    halt = function() halt "handler" end,
    _stop = function() print(n .. " stop from " .. name(SENDER)) end,
    ["end"] = function() print(n .. " end") KERNEL:alias_remove(n) end,
  } }
end
for _, where in ipairs { "_default", "callback", "call" } do
  case = where
  print("-- " .. case)
  session("P", function() session "C" yield "go" end)
  KERNEL:run()
end
