-- R124 R130 R115 R87 R167: signals to the kernel: broadcasts, saved and not, IDLE and ZOMBIE by hand
local poe = require "poe"

local handles
local function session(n, start)
  poe.Session.create { heap = n, inline_states = {
    _start = function()
      for _, signal in ipairs { "mine", "TERM", "IDLE", "ZOMBIE", "UIDESTROY", "DIE", "KILL" } do KERNEL:sig(signal, "told") end
      KERNEL:delay("end", 0.1)
      if start then start() end
    end,
    told = function(name, ...)
      print(n .. " " .. name .. " " .. table.concat({ ... }, " ") .. " " .. (SENDER == KERNEL and "kernel" or "?"))
      if handles == n then KERNEL:sig_handled() end
    end,
    ["end"] = function() print(n .. " end") end,
    _child = function(reason, child) if reason == "lose" then print(n .. " lose " .. child:get_heap()) end end,
    _stop = function() print(n .. " stop") end,
  } }
end
for _, case in ipairs { { "mine", "" }, { "TERM", "C" }, { "TERM", "" }, { "IDLE", "P" }, { "IDLE", "" }, { "ZOMBIE", "P" },
  { "UIDESTROY", "C" }, { "KILL", "P" }, { "KILL", "" }, { "DIE", "P" }, { "NOSUCH", "" } } do
  local signal
  signal, handles = case[1], case[2]
  print("-- " .. signal .. ", " .. handles .. " handles")
  session("P", function() session "C" end)
  print("sent: " .. (KERNEL:signal(KERNEL, signal) and "ok" or "no"))
  KERNEL:run()
end
