-- A port forwarder with back-pressure: who reads slowly makes the other side wait, and nothing piles up.
-- poe lua/examples/forwarder.lua PORT HOST PORT; without arguments it forwards a megabyte, and ends.
local poe = require "poe"

local to_host, to_port = arg[2] or "127.0.0.1", tonumber(arg[3])

local function stream(socket, side)
  return poe.wheel.ReadWrite.new {
    handle = socket, filter = poe.filter.Stream.new(), input_event = side, error_event = "gone",
    high_mark = 65536, low_mark = 8192, low_event = "drained",
  }
end

local pair = {
  _start = function(socket)
    HEAP.near = stream(socket, "from_near")
    HEAP.near:pause_input()
    HEAP.connector = poe.wheel.SocketFactory.new {
      remote_address = to_host, remote_port = to_port,
      success_event = "connected", failure_event = "gone",
    }
  end,
  connected = function(socket) HEAP.far = stream(socket, "from_far") HEAP.near:resume_input() end,
  from_near = function(data) if HEAP.far:put(data) then HEAP.near:pause_input() end end,
  from_far = function(data) if HEAP.near:put(data) then HEAP.far:pause_input() end end,
  drained = function(id) (id == HEAP.far:ID() and HEAP.near or HEAP.far):resume_input() end,
  gone = function() -- what was put is still written
    HEAP.near:close()
    if HEAP.far then HEAP.far:close() end
  end,
}

local server, port
if not arg[1] then
  server = poe.listen("127.0.0.1", 0, function(wheel) wheel:put(("x"):rep(1 << 20)) end,
    poe.filter.Stream.new())
  to_port = select(2, server:getsockname())
end

poe.component.server.TCP.new {
  alias = "forwarder", address = "127.0.0.1", port = tonumber(arg[1]) or 0,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  acceptor = function(socket) poe.spawn(pair, socket) post(SESSION, "disconnected") end,
}

if not arg[1] then
  local wheel, bytes = assert(poe.connect("127.0.0.1", port, poe.filter.Stream.new())), 0
  for data in wheel.get, wheel do bytes = bytes + #data end
  print(bytes .. " bytes came through")
  wheel:close()
  server:close()
  post("forwarder", "shutdown")
end

-- prints:
-- 1048576 bytes came through
