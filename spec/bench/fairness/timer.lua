--- How late timers are, with one session that posts to itself for ever (arg[1] = "busy") or without.
local mode, n = arg[1], tonumber(arg[2]) or 300
local GAP <const> = 0.005

local done, late = false, {}
poe.Session.create { inline_states = {
  _start = function() if mode == "busy" then yield "again" end end,
  again = function() if not done then yield "again" end end,
} }
poe.Session.create { inline_states = {
  _start = function() yield "set" end,
  set = function()
    HEAP.due = poe.hrtime() * 1e-9 + GAP
    KERNEL:delay("tick", GAP)
  end,
  tick = function()
    late[#late + 1] = poe.hrtime() * 1e-9 - HEAP.due
    done = #late == n
    if not done then yield "set" end
  end,
} }
KERNEL:run()
table.sort(late)
print(("%d %.6f %.6f"):format(n, late[#late // 2], late[math.ceil(#late * 0.99)]))
