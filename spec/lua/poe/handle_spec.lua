--- select_* and the sockets and pipes that a script makes.
local function raises(expect, text, fn)
  local ok, message = pcall(fn)
  expect(ok, false)
  expect.match(message, text)
end

describe("select", function()
  it("gives handle, mode and arguments, once for each slice, until it is told to stop", function(expect)
    local a, b = poe.socket.pair()
    poe.Session.create { inline_states = {
      _start = function()
        b:write "12"
        expect(KERNEL:select_read(a, "readable", "x", nil, 3), true)
      end,
      readable = function(handle, mode, ...)
        expect(handle, a)
        expect.log(mode, select("#", ...), handle:read(1))
        if HEAP.seen then expect(KERNEL:select_read(a), true) end
        HEAP.seen = true
      end,
    } }
    expect.run()
    expect.logged { "read 3 1", "read 3 2" }
    a:close()
    b:close()
  end)

  it("select sets and takes away all three at once", function(expect)
    local a, b = poe.socket.pair()
    poe.Session.create { inline_states = {
      _start = function()
        b:write "1"
        KERNEL:select(a, "r", "w", "e")
      end,
      r = function() expect.log "r" end,
      w = function()
        expect.log "w"
        KERNEL:select(a)
      end,
      e = expect.never(),
    } }
    expect.run()
    expect.logged { "r", "w" }
    a:close()
    b:close()
  end)

  it("pauses and resumes", function(expect)
    local a, b = poe.socket.pair()
    poe.Session.create { inline_states = {
      _start = function()
        expect.fails("ENOENT", "select_pause_read: nobody watches this handle", KERNEL:select_pause_read(a))
        b:write "1"
        KERNEL:select(a, "r", "w")
        expect(KERNEL:select_pause_read(a), true)
        KERNEL:delay("go", 0.01)
      end,
      w = function()
        expect.log "w"
        expect(KERNEL:select_pause_write(a), true)
      end,
      go = function()
        expect.log "go"
        KERNEL:select_resume_read(a)
        KERNEL:select_resume_write(a)
        KERNEL:select_write(a)
      end,
      r = function()
        expect.log "r"
        a:close()
        b:close()
      end,
    } }
    expect.run()
    expect.logged { "w", "go", "r" }
  end)

  it("a handle that is closed, in whatever way, is watched no more", function(expect)
    for _, how in ipairs { "socket", "file" } do
      local handle, peer
      if how == "socket" then handle, peer = poe.socket.pair() else handle = io.popen "sleep 0.2" end
      poe.Session.create { inline_states = {
        _start = function()
          KERNEL:select_read(handle, "never")
          KERNEL:delay("close", 0.01)
        end,
        close = function() handle:close() end,
        never = expect.never(),
      } }
      expect.run()
      if peer then peer:close() end
    end
  end)

  it("says what is wrong", function(expect)
    expect.within(function()
      local a = poe.socket.pair()
      raises(expect, "handle: socket, file or descriptor expected, got table", function() KERNEL:select_read({}, "x") end)
      raises(expect, "handle: no descriptor: %-?nan", function() KERNEL:select_read(0 / 0, "x") end)
      raises(expect, "handle: no descriptor: %-1", function() KERNEL:select_write(-1, "x") end)
      raises(expect, "event: string expected, got number", function() KERNEL:select_read(a, 5) end)
      raises(expect, "KERNEL expected, got userdata; call it KERNEL:select_read", function() KERNEL.select_read(a, "x") end)
      expect.fails("EBADF", "descriptor 9999: bad file descriptor", KERNEL:select_read(9999, "x"))
      local file = io.tmpfile()
      local _, message, code = KERNEL:select_read(file, "x")
      expect(code, "EPERM")
      expect.match(message, "a plain file is always ready, follow it with poe.wheel.FollowTail$")
      file:close()
      raises(expect, "handle: it is closed", function() KERNEL:select_read(file, "x") end)
      a:close()
      raises(expect, "handle: it is closed", function() KERNEL:select_read(a, "x") end)
      expect(KERNEL:select_read(a), true)
      raises(expect, "socket: it is closed", function() a:getsockname() end)
      raises(expect, "socket: it is closed", function() a:read() end)
      expect(a:fileno(), nil)
      expect(tostring(a), "socket (closed)")
      a:close()
    end)
  end)
end)

describe("poe.socket", function()
  it("datagrams keep their borders and tell whence they came", function(expect)
    for _, address in ipairs { "127.0.0.1", "::1" } do
      local a, b = assert(poe.socket.udp(address, 0)), assert(poe.socket.udp(address, 0))
      local _, to = b:getsockname()
      local _, from = a:getsockname()
      poe.Session.create { inline_states = {
        _start = function()
          KERNEL:select_read(b, "got")
          expect(a:send("one", address, to), true)
          expect(a:send("", address, to), true)
          expect(a:send("three", address, to), true)
        end,
        got = function()
          local data, host, port = b:receive()
          expect(host, address)
          expect(port, from)
          expect.log("[" .. data .. "]")
          if data == "three" then
            expect(select(3, b:receive()), "EAGAIN")
            b:close()
          end
        end,
      } }
      expect.run()
      expect.logged { "[one]", "[]", "[three]" }
      a:close()
    end
  end)

  it("what cannot be had is told", function(expect)
    local socket = assert(poe.socket.listen("127.0.0.1", 0))
    local _, port = socket:getsockname()
    local none, message, code = poe.socket.listen("127.0.0.1", port)
    expect(none, nil)
    expect(code, "EADDRINUSE")
    expect.match(message, "^EADDRINUSE: listen: 127.0.0.1 port %d+: ")
    expect(select(3, poe.socket.listen("nonsense", 0)), "EINVAL")
    raises(expect, "port: must be 0 to 65535, got 65536", function() poe.socket.udp("127.0.0.1", 65536) end)
    expect(select(3, socket:getpeername()), "ENOTCONN")
    socket:close()
  end)

  it("a pipe ends when its writer is closed, and its writer hears that nobody reads", function(expect)
    local r, w = poe.pipe()
    expect(select(3, r:read()), "EAGAIN")
    expect(w:write "x", 1)
    w:close()
    expect(r:read(), "x")
    expect(select(3, r:read()), "EOF")
    r:close()
    r, w = poe.pipe()
    r:close()
    expect(select(3, w:write "x"), "EPIPE")
    w:close()
  end)
end)
