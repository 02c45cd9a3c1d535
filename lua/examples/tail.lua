-- A tail with alerts: one session follows a log through rotation, another one reports its errors, several
-- at once, and a third one writes the log and rotates it.
local poe = require "poe"
local path = os.tmpname()

poe.spawn {
  _start = function() KERNEL:alias_set "alerts" end,
  trouble = function(line)
    HEAP.errors, HEAP.last = (HEAP.errors or 0) + 1, line
    KERNEL:delay("report", 0.05)
  end,
  report = function() print(("ALERT: %d errors, the last one: %s"):format(HEAP.errors, HEAP.last)) end,
}

poe.spawn {
  _start = function()
    HEAP.tail = poe.wheel.FollowTail.new { filename = path, poll_interval = 0.01,
      input_event = "line", reset_event = "rotated" }
  end,
  line = function(line)
    print("log: " .. line)
    if line:find "^error" then post("alerts", "trouble", line) end
    if line == "bye" then HEAP.tail:close() end
  end,
  rotated = function() print "-- a new log --" end,
}

poe.Session.create {
  heap = { "all is well\n", "error: disk\nerror: disk again\n", "an unfin", "ished line\n", "rotate",
    "all is well again\nbye\n" },
  inline_states = {
    _start = function() yield "write" end,
    write = function()
      local text = table.remove(HEAP, 1)
      if text == "rotate" then
        os.rename(path, path .. ".1")
      else
        io.open(path, "a"):write(text):close()
      end
      if HEAP[1] then KERNEL:delay("write", 0.1) end
    end,
  },
}

KERNEL:run()
os.remove(path)
os.remove(path .. ".1")

-- prints:
-- log: all is well
-- log: error: disk
-- log: error: disk again
-- ALERT: 2 errors, the last one: error: disk again
-- log: an unfinished line
-- -- a new log --
-- log: all is well again
-- log: bye
