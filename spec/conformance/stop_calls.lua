-- R77 R79: _stop may call others; its own value reaches the parent
local poe = require "poe"

local other = poe.Session.create { heap = "other", inline_states = {
  _start = function() KERNEL:delay("end", 0.03) end,
  ask = function()
    print("other:ask from " .. SENDER:get_heap() .. " in " .. CALLER_STATE)
    return "answer"
  end,
  ["end"] = function() print "other:end" end,
} }
local record = { text = "a table" }
local values, turn = { "text", 42, record, nil }, 0
poe.Session.create { heap = "P", inline_states = {
  _start = function() yield "next" end,
  next = function()
    turn = turn + 1
    if turn > 4 then return end
    local value = values[turn]
    poe.Session.create { heap = "C", inline_states = {
      _start = function() end,
      _stop = function()
        print("C:_stop got " .. call(other, "ask"))
        print("a self-call gives " .. call(SESSION, "own"))
        return value
      end,
      own = function() return "own value" end,
    } }
  end,
  _child = function(reason, _, value)
    if reason ~= "lose" then return end
    local same = "the same table: " .. (value == record and "yes" or "no")
    print("P:_child lose: " .. (type(value) == "table" and same or tostring(value)))
    yield "next"
  end,
} }
KERNEL:run()
