-- R298: output redirected to a file; not together with its event
local poe = require "poe"

local path = os.tmpname()
poe.Session.create { inline_states = {
  _start = function()
    local both = pcall(poe.wheel.Run.new, {
      program = { "true" }, redirect_stdout = path, stdout_event = "out",
    })
    print("with its event: " .. (both and "accepted" or "error"))
    HEAP.w = poe.wheel.Run.new { program = "echo out; echo err >&2", redirect_output = path }
    KERNEL:sig_child(HEAP.w:PID(), "chld")
  end,
  chld = function(_, _, status)
    print("chld " .. status)
    local lines = {}
    for line in io.lines(path) do lines[#lines + 1] = line end
    table.sort(lines)
    print(table.concat(lines, "\n"))
    HEAP.w:close()
  end,
  _stop = function() os.remove(path) print "_stop" end,
} }
KERNEL:run()
