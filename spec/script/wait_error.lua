-- An error in the main chunk after it has waited ends the program as lua would.
poe.spawn {
  _start = function() KERNEL:delay("never", 60) end,
  _stop = function() print "stops" end, -- expect 2: stops
}
local function fails()
  poe.sleep(0.001)
  local nothing
  return nothing.field
end
print(pcall(function() poe.sleep(0) error("caught", 0) end)) -- expect 1: false\tcaught
fails()
-- expect-error: wait_error.lua:9: attempt to index a nil value (local 'nothing')
-- expect-error: wait_error.lua:9: in
-- expect-error: wait_error.lua:12: in main chunk
-- expect-exit: 1
