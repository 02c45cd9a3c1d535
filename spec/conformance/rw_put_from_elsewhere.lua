-- R274: another session may put; the flush event is the owner's
local poe = require "poe"

local a, b = poe.socket.pair()
local w
poe.Session.create { inline_states = {
  _start = function()
    w = poe.wheel.ReadWrite.new { handle = a, flushed_event = "flushed", input_event = "in" }
  end,
  flushed = function() print "owner flushed" b:write "answer\n" end,
  ["in"] = function(line) print("owner in " .. line) w:close() end,
  _stop = function() print "owner stopped" end,
} }
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("put", 0.02) end,
  put = function() print "other puts" w:put "x" end,
  flushed = function() print "other flushed" end,
  ["in"] = function() print "other in" end,
  _stop = function() print "other stopped" end,
} }
KERNEL:run()
