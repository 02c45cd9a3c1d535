-- R2: who sends _start
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function make(own)
  return poe.Session.create { heap = own, inline_states = {
    _start = function()
      print(own .. " started by " .. name(SENDER) .. ", in " .. (CALLER_STATE or "nothing")
        .. ", state " .. STATE)
    end,
    make = function(other) make(other) end,
  } }
end
local a = make "A"
poe.Session.create { heap = "B", inline_states = {
  _start = function() make "C" yield "later" end,
  later = function()
    make "D"
    call(a, "make", "E")
    post(a, "make", "F")
  end,
} }
make "G"
KERNEL:run()
