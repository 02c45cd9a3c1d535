-- R235 R237: stop() ends all sessions at once; the rest of the handler runs as the kernel
local poe = require "poe"

local names = {}
local function name(s) return s == KERNEL and "kernel" or names[s:ID()] end
local function chain(own, ...)
  local rest = { ... }
  poe.Session.create { inline_states = {
    _start = function()
      names[SESSION:ID()] = own
      if #rest > 0 then chain(table.unpack(rest)) end
      if own == "P" then yield "go" end
      KERNEL:delay("never", 5)
    end,
    go = function()
      local self = SESSION
      print "P:go"
      yield "lost"
      KERNEL:stop()
      print("P:go goes on, active " .. name(KERNEL:get_active_session()))
      print("sessions resolve: " .. (KERNEL:ID_id_to_session(self:ID()) and "yes" or "no"))
      local ok, _, code = post(self, "lost")
      print("post to itself: " .. (ok and "ok" or code))
      print("events left: " .. KERNEL:get_event_count())
    end,
    never = function() print(own .. ":never") end,
    lost = function() print(own .. ":lost") end,
    _child = function(reason, child, value)
      if reason == "create" then return end
      print(own .. ":_child " .. reason .. " " .. name(child) .. " " .. tostring(value))
    end,
    _stop = function() print(own .. ":_stop from " .. name(SENDER)) return "value of " .. own end,
  } }
end
chain("GP", "P", "C", "G")
KERNEL:run()
print "run returned"
