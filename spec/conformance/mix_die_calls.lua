-- R50 R52 R155 R217: errors through calls, callbacks and postbacks, one's own and another's
local poe = require "poe"

local cb = {}
local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function try(what, f, ...)
  local ok, result = pcall(f, ...)
  print(what .. ": " .. (ok and "fine" or result))
end
local function session(n)
  poe.Session.create { heap = n, inline_states = {
    _start = function()
      KERNEL:alias_set(n)
      KERNEL:sig("DIE", "died")
      cb[n] = SESSION:callback "boom"
      cb["p" .. n] = SESSION:postback "boom"
    end,
    boom = function() print(n .. " boom from " .. name(SENDER)) error(n .. " boom", 0) end,
    relay = function(to, event)
      print(n .. " relay")
      local got = call(to, event)
      print(n .. " got " .. tostring(got))
      return "relayed"
    end,
    mine = function()
      local s = SESSION
      try(n .. " self", call, s, "boom")
      try(n .. " own callback", cb[n])
      local ok, r = pcall(cb.B)
      print(n .. " other's callback: " .. (ok and "fine " .. tostring(r) or r))
      print(n .. " relay: " .. tostring((call("B", "relay", "C", "boom"))))
      try(n .. " inside", call, s, "deep")
      cb.pC()
      yield "next"
    end,
    deep = function() call(SESSION, "boom") end,
    next = function() print "next" end,
    off = function()
      for _, back in pairs(cb) do back:release() end
      cb = {}
      print "off"
      KERNEL:alias_remove(n)
    end,
    died = function(_, info)
      print(n .. " DIE " .. info.error_str .. " " .. info.event .. " from " .. name(info.source_session)
        .. " in " .. tostring(info.from_state))
      KERNEL:sig_handled()
    end,
    _stop = function() if n == "A" then print(n .. " stop") end end,
  } }
end
session "A" session "B" session "C"
post("A", "mine")
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("off", 0.05) end,
  off = function() for _, n in ipairs { "A", "B", "C" } do call(n, "off") end end,
} }
local ok, message = pcall(KERNEL.run, KERNEL)
print(ok and "fine" or "run: " .. message)
