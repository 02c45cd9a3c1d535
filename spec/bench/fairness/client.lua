-- Sends arg[2] lines, one after the other, to 127.0.0.1 port arg[1]; prints the median and the 99th percentile of the
-- time until a line is back.
local port, n = tonumber(arg[1]), tonumber(arg[2]) or 5000
local took = {}

poe.Session.create { inline_states = {
  _start = function()
    HEAP.factory = poe.wheel.SocketFactory.new {
      remote_address = "127.0.0.1", remote_port = port,
      success_event = "connected", failure_event = "failed",
    }
  end,
  connected = function(socket)
    HEAP.factory = nil
    local wheel = poe.wheel.ReadWrite.new { handle = socket, filter = poe.filter.Line.new() }
    for i = 1, n do
      local sent = poe.hrtime()
      wheel:put "there and back"
      assert(wheel:get())
      took[i] = (poe.hrtime() - sent) * 1e-9
    end
    wheel:close()
  end,
  failed = function(_, _, message) error(message) end,
} }
KERNEL:run()
table.sort(took)
print(("%d %.6f %.6f"):format(n, took[n // 2], took[math.ceil(n * 0.99)]))
