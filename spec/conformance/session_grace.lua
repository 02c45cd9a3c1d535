-- R9: a session with nothing to do lives until the end of its first slice
local poe = require "poe"

local ids = {}
for _, name in ipairs { "A", "B" } do
  local session = poe.Session.create { inline_states = {
    _start = function() print(name .. ":_start") end,
    late = function() print(name .. ":late, posted before run") end,
  } }
  ids[#ids + 1] = session:ID()
end
print("A resolves before run: " .. (KERNEL:ID_id_to_session(ids[1]) and "yes" or "no"))
print("post to B: " .. (post(ids[2], "late") and "ok" or "ESRCH"))
KERNEL:run_one_timeslice()
print("A resolves after a slice: " .. (KERNEL:ID_id_to_session(ids[1]) and "yes" or "no"))
local ok, _, code = post(ids[1], "late")
print("post to A: " .. (ok and "ok" or code))
poe.Session.create { inline_states = {
  _start = function() yield "make" end,
  make = function()
    local child = poe.Session.create { inline_states = {
      _start = function() end,
      _stop = function() print "child:_stop" end,
    } }
    print("made: " .. (KERNEL:ID_id_to_session(child:ID()) and "lives" or "gone"))
    yield "after"
  end,
  after = function() print "after" end,
  _child = function(reason) print("_child " .. reason) end,
} }
KERNEL:run()
