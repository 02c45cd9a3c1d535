-- R44 R46 R49 R54 R55 R77 R209: calls through three sessions, _default, the dying, and nobody
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function show(...)
  local list = table.pack(...)
  if list.n == 0 then return "nothing" end
  for i = 1, list.n do list[i] = list[i] == nil and "nil" or list[i] end
  return table.concat(list, ",")
end
local function failed(...) -- a failure is no result in POE
  if select("#", ...) == 3 and select(3, ...) == "ESRCH" then return end
  return ...
end
local function after(n, ...)
  local r = table.pack(...)
  r[r.n + 1] = n
  return table.unpack(r, 1, r.n + 1)
end
local function session(n, more)
  more = more or {}
  local states = {
    _start = function() KERNEL:alias_set(n) if more.start then more.start() end end,
    relay = function(...)
      print(n .. " relay from " .. name(SENDER) .. " " .. (CALLER_STATE or "none") .. " active "
        .. name(KERNEL:get_active_session()) .. " " .. KERNEL:get_active_event())
      local r = table.pack(failed(call(...)))
      print(n .. " again: active " .. name(KERNEL:get_active_session()) .. " " .. KERNEL:get_active_event()
        .. " sender " .. name(SENDER))
      return after(n, table.unpack(r, 1, r.n))
    end,
    answer = function()
      print(n .. " answer from " .. name(SENDER) .. " " .. (CALLER_STATE or "none"))
      return "one", nil, "three"
    end,
    nothing = function() end,
    bye = function() print(n .. " bye") KERNEL:alias_remove(n) end,
    _stop = function() print(n .. " stop") if more.stop then more.stop() end return "last of " .. n end,
    _child = function(reason, child) print(n .. " " .. reason .. " " .. name(child) .. ": " .. show(call(child, "answer"))) end,
  }
  if n == "D" then
    states._default = function(event)
      if event:find "^_" then return 0 end
      print("D default " .. event .. " from " .. name(SENDER))
      return "d", "e"
    end
  end
  poe.Session.create { heap = n, inline_states = states }
end
session("A", { start = function()
  session("B", { stop = function()
    print("B called A: " .. show(call("A", "answer")))
    print("B called B: " .. show(failed(call("B", "answer"))))
  end })
end })
session "C" session "D"
print("program: " .. show(call("A", "relay", "B", "relay", "C", "relay", "A", "answer")))
print("through D: " .. show(call("C", "relay", "D", "unheard", 1)))
print("nobody: " .. show(failed(call("nobody", "x"))))
print("nothing: " .. show(call("A", "nothing")))
poe.Session.create { heap = "Z", inline_states = {
  _start = function() yield "go" end,
  go = function()
    print("Z: " .. show(call("A", "relay", "Z?", "x")))
    call("B", "bye")
    KERNEL:delay("end", 0.02)
  end,
  ["end"] = function() for _, n in ipairs { "A", "C", "D" } do call(n, "bye") end end,
} }
KERNEL:run()
