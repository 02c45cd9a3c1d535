-- Runs programs side by side, says whose each line is, and how each one ended.
-- poe lua/examples/process_runner.lua 'COMMAND' 'COMMAND' ...
local poe = require "poe"

local commands = #arg > 0 and arg or {
  "echo one; sleep 0.4; echo two",
  "sleep 0.1; echo between them; exit 3",
  "sleep 0.7; echo oops >&2; kill -TERM $$",
}

poe.spawn {
  _start = function()
    HEAP.running = {}
    for n, command in ipairs(commands) do
      local run = poe.wheel.Run.new {
        program = command, stdout_event = "said", stderr_event = "complained", error_event = "failed",
      }
      HEAP.running[run:ID()] = { run = run, name = "#" .. n }
      if run:PID() then KERNEL:sig_child(run:PID(), "ended", run:ID()) end
    end
  end,

  said = function(line, id) print(HEAP.running[id].name .. " " .. line) end,
  complained = function(line, id) print(HEAP.running[id].name .. " ! " .. line) end,
  failed = function(op, code, message, id)
    if code ~= "EOF" then print(HEAP.running[id].name .. " " .. op .. ": " .. message) end
  end,

  ended = function(_, _, status, signal, id)
    KERNEL:delay_add("tell", 0.02, id, status, signal) -- its last lines come first
  end,
  tell = function(id, status, signal)
    print(HEAP.running[id].name .. (signal > 0 and " was ended by signal " .. signal
      or " has ended with " .. status))
    HEAP.running[id].run:close()
    HEAP.running[id] = nil
  end,
}

-- prints:
-- #1 one
-- #2 between them
-- #2 has ended with 3
-- #1 two
-- #1 has ended with 0
-- #3 ! oops
-- #3 was ended by signal 15
