-- The main chunk may wait like a handler, before and after sessions and KERNEL:run.
print(SESSION, STATE, SENDER)                   -- expect 1: kernel\tnil\tnil
poe.sleep(0)
poe.sleep(0.001)
print(SESSION, STATE, SENDER)                   -- expect 2: kernel\tnil\tnil
local server = poe.spawn {
  _start = function() KERNEL:delay("end", 0.03) print "server starts" end, -- expect 3: server starts
  double = function(x) poe.sleep(0.001) return 2 * x, nil end,
  boom = function() KERNEL:sig("DIE", "died") poe.sleep(0) error("boom", 0) end,
  died = function() KERNEL:sig_handled() end,
  ["end"] = function() print "server ends" end, -- expect 8: server ends
}
print(poe.ask(server, "double", 21))            -- expect 4: 42\tnil
print(poe.ask(server, "boom"))                  -- expect 5: nil\tboom\tDIE
print(poe.ask("nobody", "x"))                   -- expect 6: nil\tESRCH: no such session: nobody\tESRCH
print(select(3, poe.with_timeout(0.002, poe.ask, server, "end2")))
-- expect 7: ENOSYS
warn "@off"
print(KERNEL:run())                             -- expect 9: true
print(poe.ask(server, "double", 1))             -- expect 10: nil\tESRCH: no such session: session 2\tESRCH
print(select(3, poe.with_timeout(0.002, poe.sleep, 60))) -- expect 11: ETIMEDOUT
print(KERNEL:run())                             -- expect 12: true
poe.spawn { _start = function() poe.sleep(0.001) print "again" end } -- expect 13: again
poe.sleep(0)
print(KERNEL:run(), KERNEL:get_event_count())   -- expect 14: true\t0
print(pcall(poe.wait, "x"))                     -- expect 15: false\tcannot wait for 'x': KERNEL gets no events
local function all() return SESSION, SENDER, STATE, EVENT, CALLER_STATE, KERNEL:get_active_event(), HEAP ~= nil end
print(all())                                    -- expect 16: kernel\tnil\tnil\tnil\tnil\tnil\ttrue
print(poe.with_timeout(1, function() poe.sleep(0) return all() end))
-- expect 17: kernel\tnil\tnil\tnil\tnil\tnil\ttrue
poe.spawn { _start = function() print(SENDER, STATE, CALLER_STATE) end } -- expect 18: kernel\t_start\tnil
-- expect-error: session 2 has no handler for event 'end2'
