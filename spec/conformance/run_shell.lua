-- R290: a shell command: output, errors, two ends, close, exit status
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.ends = {}
    HEAP.w = poe.wheel.Run.new {
      program = "echo out; sleep 0.05; echo err >&2; exit 3",
      stdout_event = "out", stderr_event = "err", error_event = "error", close_event = "closed",
    }
    KERNEL:sig_child(HEAP.w:PID(), "chld")
  end,
  out = function(line, id)
    print("out " .. line .. ", " .. (id == HEAP.w:ID() and "the id" or "?"))
  end,
  err = function(line, id)
    print("err " .. line .. ", " .. (id == HEAP.w:ID() and "the id" or "?"))
  end,
  error = function(op, code, _, _, handle)
    table.insert(HEAP.ends, "error " .. op .. " " .. code .. " " .. handle)
  end,
  closed = function()
    table.sort(HEAP.ends)
    for _, line in ipairs(HEAP.ends) do print(line) end
    print "close"
    HEAP.closed = true
    if HEAP.status then yield "both" end
  end,
  chld = function(name, pid, status, signal)
    HEAP.status = name .. " " .. (pid == HEAP.w:PID() and "the pid" or "?")
      .. " status " .. status .. " signal " .. signal
    if HEAP.closed then yield "both" end
  end,
  both = function() print(HEAP.status) HEAP.w:close() end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
