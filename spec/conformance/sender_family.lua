-- R56: what _start, _child, _parent and _stop see
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function session(own, states)
  for _, event in ipairs { "_start", "_child", "_parent", "_stop" } do
    local handler = states[event]
    states[event] = function(reason)
      print(own .. ":" .. event .. (event == "_child" and " " .. reason or "")
        .. ": sender " .. name(SENDER) .. ", caller " .. (CALLER_STATE or "none")
        .. ", active " .. name(KERNEL:get_active_session()) .. " " .. KERNEL:get_active_event())
      if handler then return handler() end
    end
  end
  poe.Session.create { heap = own, inline_states = states }
end
session("P", {
  _start = function() yield "make" end,
  make = function()
    session("C", {})
    session("D", {
      _start = function() KERNEL:delay("leave", 0.02) end,
      leave = function() KERNEL:detach_myself() KERNEL:delay("end", 0.02) end,
      ["end"] = function() KERNEL:stop() print "stop returned" end,
    })
  end,
})
KERNEL:run()
