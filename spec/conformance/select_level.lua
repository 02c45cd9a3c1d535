-- R174: unread data and the end are reported in each slice until taken
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.a, HEAP.b = poe.socket.pair()
    HEAP.b:write "xy"
    HEAP.n, HEAP.ticks = 0, 0
    KERNEL:select_read(HEAP.a, "rd")
    yield "tick"
  end,
  rd = function(handle)
    HEAP.n = HEAP.n + 1
    local n = HEAP.n
    if n <= 2 then
      print("rd " .. n .. ": left alone")
    elseif n <= 4 then
      print("rd " .. n .. ": " .. handle:read(1))
      if n == 4 then HEAP.b:close() end
    elseif n <= 6 then
      print("rd " .. n .. ": " .. (handle:read(1) or "end"))
    else
      KERNEL:select_read(handle)
      print("rd " .. n .. ": enough")
    end
  end,
  tick = function()
    HEAP.ticks = HEAP.ticks + 1
    print("tick " .. HEAP.ticks)
    if HEAP.n < 7 then yield "tick" end
  end,
} }
KERNEL:run()
