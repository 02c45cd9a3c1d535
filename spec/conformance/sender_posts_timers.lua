-- R56: who posted, in which event, and what is active: posts, timers, calls
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function seen(own)
  local states = {}
  for event in ("from_main posted called timed id_timed yielded"):gmatch "%S+" do
    states[event] = function()
      print(own .. ":" .. STATE .. " sender " .. name(SENDER) .. ", caller " .. (CALLER_STATE or "none")
        .. ", active " .. name(KERNEL:get_active_session()) .. " " .. KERNEL:get_active_event())
    end
  end
  return states
end
local of_b = seen "B"
function of_b._start() yield "yielded" end
local b = poe.Session.create { heap = "B", inline_states = of_b }
local of_a = seen "A"
function of_a._start() yield "go" end
function of_a.go()
  post(b, "posted")
  call(b, "called")
  yield "yielded"
  KERNEL:delay("timed", 0.01)
  KERNEL:delay_set("id_timed", 0.02)
end
poe.Session.create { heap = "A", inline_states = of_a }
post(b, "from_main")
call(b, "from_main")
KERNEL:run()
