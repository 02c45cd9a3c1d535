-- R164 R156: a handle's handler that dies: the record names its event; unhandled, all ends
local poe = require "poe"

local a, b = poe.socket.pair()
poe.Session.create { inline_states = {
  _start = function()
    HEAP.n = 0
    KERNEL:sig("DIE", "died")
    KERNEL:select_read(a, "rd")
    b:write "x"
  end,
  rd = function()
    HEAP.n = HEAP.n + 1
    print("rd " .. HEAP.n)
    a:read(1)
    error("failure " .. HEAP.n, 0)
  end,
  died = function(_, info)
    print("died in " .. info.event .. ": " .. info.error_str)
    if HEAP.n == 1 then
      KERNEL:sig_handled()
      KERNEL:delay("again", 0.02)
    end
  end,
  again = function() b:write "x" end,
  _stop = function() print "_stop" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("never", 1) end,
  never = function() print "never" end,
  _stop = function() print "other _stop" end,
} }
local ok, message = pcall(KERNEL.run, KERNEL)
if not ok then print("run raised: " .. tostring(message):match "^[^\n]*") end
