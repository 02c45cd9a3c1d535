-- R305 R306 R254: one listener, many clients, each with its own conversation
local poe = require "poe"

local CLIENTS <const> = 20
local port
local results = {}
poe.Session.create { inline_states = {
  _start = function()
    KERNEL:alias_set "server"
    HEAP.wheels, HEAP.total = {}, 0
    HEAP.listener = poe.wheel.SocketFactory.new {
      bind_address = "127.0.0.1", bind_port = 0, success_event = "accepted", failure_event = "f",
    }
    port = select(2, HEAP.listener:getsockname())
  end,
  accepted = function(socket)
    local w = poe.wheel.ReadWrite.new { handle = socket, input_event = "in", error_event = "error" }
    HEAP.wheels[w:ID()] = w
    HEAP.total = HEAP.total + 1
  end,
  ["in"] = function(line, id)
    local n = math.tointeger(line)
    HEAP.wheels[id]:put(tostring(n * n))
  end,
  error = function(_, _, _, id)
    HEAP.wheels[id]:close()
    HEAP.wheels[id] = nil
    if HEAP.total == CLIENTS and not next(HEAP.wheels) then
      print("server has seen " .. CLIENTS .. " come and go")
      HEAP.listener:close()
      KERNEL:alias_remove "server"
    end
  end,
} }
for n = 1, CLIENTS do
  poe.Session.create { inline_states = {
    _start = function()
      HEAP.w = poe.wheel.SocketFactory.new {
        remote_address = "127.0.0.1", remote_port = port, success_event = "connected",
        failure_event = "f",
      }
    end,
    connected = function(socket)
      HEAP.w:close()
      HEAP.w = poe.wheel.ReadWrite.new { handle = socket, input_event = "in" }
      HEAP.w:put(tostring(n))
    end,
    ["in"] = function(line)
      results[#results + 1] = math.tointeger(line)
      HEAP.w:close()
    end,
    f = function() print "failure" end,
  } }
end
KERNEL:run()
table.sort(results)
print(table.concat(results, " "))
