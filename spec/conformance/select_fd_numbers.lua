-- R172: a descriptor's number serves as well as its handle
local poe = require "poe"

local a, b = poe.socket.pair()
poe.Session.create { inline_states = {
  _start = function() KERNEL:select_read(a:fileno(), "rd") b:write "x" end,
  rd = function(handle)
    print("rd " .. (handle == a:fileno() and "the same descriptor" or "another"))
    KERNEL:select_read(a:fileno())
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
