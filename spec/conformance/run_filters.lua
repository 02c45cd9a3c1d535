-- R293: each of the three has a filter of its own
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.Run.new {
      program = "cat; printf 'abc!de!' >&2",
      stdin_filter = poe.filter.Line.new { literal = ";" },
      stdout_filter = poe.filter.Block.new { block_size = 2 },
      stderr_filter = poe.filter.Line.new { literal = "!" },
      stdout_event = "out", stderr_event = "err", error_event = "error", close_event = "closed",
    }
    KERNEL:sig_child(HEAP.w:PID(), "chld")
    HEAP.w:put("xyz", "w")
  end,
  out = function(data)
    print("out " .. data)
    if data == "w;" then
      HEAP.w:set_stdin_filter(poe.filter.Line.new { literal = "." })
      HEAP.w:put "line"
    end
    if data == "ne" then HEAP.w:shutdown_stdin() end
  end,
  err = function(line) print("err " .. line) end,
  error = function() end,
  closed = function() print "close" HEAP.w:close() end,
  chld = function() end,
} }
KERNEL:run()
