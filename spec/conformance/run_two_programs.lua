-- R290 R277: two programs in one session, one feeding the other
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    HEAP.names = {}
    for _, name in ipairs { "first", "second" } do
      local w = poe.wheel.Run.new {
        program = name == "first" and "echo b; echo a; echo c" or { "sort" },
        stdin_event = "written", stdout_event = "out", error_event = "error",
        close_event = "closed",
      }
      KERNEL:sig_child(w:PID(), "chld")
      HEAP[name] = w
      HEAP.names[w:ID()] = name
    end
  end,
  out = function(line, id)
    local name = HEAP.names[id]
    print(name .. ": " .. line)
    if name == "first" then HEAP.second:put(line) end
  end,
  closed = function(id)
    local name = HEAP.names[id]
    print(name .. " closed")
    HEAP[name]:close()
    HEAP[name] = nil
    if name == "first" then yield "written" end
  end,
  written = function() -- all of the first's lines are the second's
    if HEAP.first or HEAP.shut or HEAP.second:get_driver_out_octets() > 0 then return end
    HEAP.shut = true
    HEAP.second:shutdown_stdin()
  end,
  error = function() end,
  chld = function() end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
