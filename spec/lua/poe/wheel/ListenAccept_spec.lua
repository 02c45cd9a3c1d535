--- Wheel ListenAccept: a socket that listens already.
local LA = poe.wheel.ListenAccept

local function listener()
  local socket = assert(poe.socket.listen("127.0.0.1", 0))
  local _, port = socket:getsockname()
  return socket, port
end

--- Connects from the same session; what succeeds is closed at its end.
local function connect(port)
  HEAP.n = (HEAP.n or 0) + 1
  HEAP["connect" .. HEAP.n] = poe.wheel.SocketFactory.new { remote_address = "127.0.0.1", remote_port = port,
    success_event = "connected", failure_event = "failed" }
end

describe("ListenAccept", function()
  it("accepts, tells address, port and its ID, and leaves its handle open", function(expect)
    poe.Session.create { inline_states = {
      _start = function()
        local socket, port = listener()
        HEAP.socket, HEAP.port = socket, port
        HEAP.w = LA.new { handle = socket, accept_event = "got", error_event = "bad" }
        connect(port)
      end,
      got = function(client, address, port, id)
        expect(address, "127.0.0.1")
        expect(math.type(port), "integer")
        expect(id, HEAP.w:ID())
        expect(client:getpeername(), "127.0.0.1")
        HEAP.w:close()
        HEAP.w:close()
        expect(HEAP.socket:fileno() ~= nil, true)
        HEAP.w = LA.new { handle = HEAP.socket, accept_event = "again" }
        connect(HEAP.port)
      end,
      again = expect.times(1, function() HEAP.w:close() end),
      connected = function() end, failed = expect.never(), bad = expect.never(),
    } }
    expect.run()
  end)

  it("says what is wrong, and a second one does the first no harm", function(expect)
    poe.Session.create { inline_states = {
      _start = function()
        local socket, port = listener()
        local closed = listener()
        closed:close()
        expect.raises("ListenAccept: handle required", function() LA.new {} end)
        expect.raises("ListenAccept: unknown field 'x'", function() LA.new { x = 1 } end)
        expect.raises("ListenAccept: accept_event required", function() LA.new { handle = socket } end)
        expect.raises("ListenAccept: accept_event must be an event's name, got 1", function() LA.new { handle = socket, accept_event = 1 } end)
        expect.raises("ListenAccept: handle is closed", function() LA.new { handle = closed, accept_event = "got" } end)
        HEAP.w = LA.new { handle = socket, accept_event = "got" }
        for _ = 1, 10 do
          expect.raises_like("^ListenAccept: EBUSY: ", function() LA.new { handle = socket, accept_event = "no" } end)
        end
        collectgarbage()
        collectgarbage()
        expect.raises("ListenAccept: accept_event cannot be taken away", function() HEAP.w:event { accept_event = false } end)
        expect.raises("ListenAccept: 'handle' is not an event", function() HEAP.w:event { handle = socket } end)
        HEAP.w:event { accept_event = "other" }
        connect(port)
      end,
      got = expect.never(), no = expect.never(), failed = expect.never(), connected = function() end,
      other = expect.times(1, function() HEAP.w:close() end),
    } }
    expect.run()
  end)

  it("tells what cannot be accepted from", function(expect)
    local a, b = poe.socket.pair()
    poe.Session.create { inline_states = {
      _start = function()
        b:close() -- now there is something to accept
        HEAP.w = LA.new { handle = a, accept_event = "got", error_event = "bad" }
      end,
      got = expect.never(),
      bad = expect.times(1, function(op, code, message, id)
        expect(op, "accept")
        expect(code, "EINVAL")
        expect.match(message, "^EINVAL: accept: ")
        expect(id, HEAP.w:ID())
        HEAP.w:close()
      end),
    } }
    expect.run()
  end)
end)
