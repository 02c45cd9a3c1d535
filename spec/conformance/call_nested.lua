-- R49: active session and event switch to the callee and come back
local poe = require "poe"

local a, b
local function where(text)
  print(text .. ": in " .. KERNEL:get_active_session():get_heap() .. ", event " .. KERNEL:get_active_event())
  assert(SESSION == KERNEL:get_active_session() and STATE == KERNEL:get_active_event())
end
a = poe.Session.create { heap = "A", inline_states = {
  _start = function() yield "begin" end,
  begin = function()
    where "before"
    call(b, "middle", 3)
    where "after"
    print("A:begin is " .. STATE .. " from " .. SENDER:get_heap())
  end,
  inner = function(depth)
    where("A:inner " .. depth .. " called from " .. CALLER_STATE .. " of " .. SENDER:get_heap())
    if depth > 0 then call(b, "middle", depth - 1) end
    where("A:inner " .. depth .. " again")
  end,
} }
b = poe.Session.create { heap = "B", inline_states = {
  _start = function() end,
  middle = function(depth)
    where("B:middle " .. depth .. " called from " .. CALLER_STATE .. " of " .. SENDER:get_heap())
    if depth > 0 then call(a, "inner", depth - 1) end
    where("B:middle " .. depth .. " again")
  end,
} }
KERNEL:run()
