-- R152 R153 R154 R155 R156: an exception is queued, reaches descendants, the session, ancestors
local poe = require "poe"

local function mk(n, kids)
  poe.Session.create { inline_states = {
    _start = function()
      HEAP.n = n
      KERNEL:sig("DIE", "die")
      if kids then kids() end
      if n == "C" then yield "boom" yield "after" end
      KERNEL:delay("end", ({ G = 0.02, C = 0.05, P = 0.08 })[n])
    end,
    boom = function() error "oops" end,
    after = function() print(n .. " after") end,
    die = function(name, i)
      print(n .. " " .. name .. " " .. i.event .. " " .. i.from_state .. " " .. i.dest_session:get_heap().n
        .. " " .. i.source_session:get_heap().n .. " " .. (i.error_str:find "oops" and "oops" or "?"))
      if n == "P" then KERNEL:sig_handled() end
    end,
    ["end"] = function() print(n .. " end") end,
    _stop = function() print(n .. " stop") end,
  } }
end
mk("P", function() mk("C", function() mk "G" end) end)
KERNEL:run()
print "fine"
