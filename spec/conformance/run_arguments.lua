-- R291: a list goes past the shell, a string through it; arguments are added
local poe = require "poe"

local programs = {
  { "list", { program = { "echo", "a b", "$HOME" } } },
  { "list and arguments", { program = { "echo", "a b" }, program_args = { "c  d", "$HOME" } } },
  { "shell", { program = 'X="a  b"; echo $X "$X"' } },
  { "shell and arguments", { program = "echo a", program_args = { "b", "c" } } },
}
poe.Session.create { inline_states = {
  _start = function() yield "next" end,
  next = function()
    local program = table.remove(programs, 1)
    if HEAP.w then HEAP.w:close() end
    if not program then return end
    HEAP.name = program[1]
    local spec = program[2]
    spec.stdout_event, spec.error_event, spec.close_event = "out", "error", "next"
    HEAP.w = poe.wheel.Run.new(spec)
    KERNEL:sig_child(HEAP.w:PID(), "chld")
  end,
  out = function(line) print(HEAP.name .. ": " .. line) end,
  error = function() end,
  chld = function() end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
