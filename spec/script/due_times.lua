-- All that waits is in one order, by due time; a post is due at the moment it was made.  Equal
-- times are in the order they were set.
local function tell() print(STATE) end
poe.spawn {
  _start = function()
    local now = poe.time()
    yield "a post"
    KERNEL:alarm("ten seconds ago", now - 10)
    KERNEL:delay("now", 0)
    KERNEL:alarm("twenty seconds ago", now - 20)
    KERNEL:alarm_set("ten seconds ago, too", now - 10)
    KERNEL:delay("in a moment", 0.01)
    yield "another post"
    KERNEL:alarm("1970", 1)
  end,
  ["1970"] = tell,                  -- expect 1: 1970
  ["twenty seconds ago"] = tell,    -- expect 2: twenty seconds ago
  ["ten seconds ago"] = tell,       -- expect 3: ten seconds ago
  ["ten seconds ago, too"] = tell,  -- expect 4: ten seconds ago, too
  ["a post"] = tell,                -- expect 5: a post
  now = tell,                       -- expect 6: now
  ["another post"] = tell,          -- expect 7: another post
  ["in a moment"] = tell,           -- expect 8: in a moment
}
