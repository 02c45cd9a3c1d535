--- Wheel SocketFactory: connecting and listening, what is refused, what runs out.
local SF, RW = poe.wheel.SocketFactory, poe.wheel.ReadWrite

--- A session that listens with `params` and connects with what `to(wheel)` gives; the two ends are
--- told to `both(server, client)` in order of their coming.
local function meet(expect, params, to, both)
  return poe.Session.create { inline_states = {
    _start = function()
      params.success_event, params.failure_event = "accepted", "failed"
      HEAP.listener = SF.new(params)
      local more = to(HEAP.listener)
      more.success_event, more.failure_event = "connected", "failed"
      HEAP.connector = SF.new(more)
    end,
    accepted = function(socket, address, port, id)
      expect(id, HEAP.listener:ID())
      HEAP.server = { socket, address, port }
      if HEAP.client then KERNEL:yield "both" end
    end,
    connected = function(socket, address, port, id)
      expect(id, HEAP.connector:ID())
      HEAP.client = { socket, address, port }
      if HEAP.server then KERNEL:yield "both" end
    end,
    both = function()
      both(HEAP.server, HEAP.client)
      HEAP.listener:close()
    end,
    failed = function(...) expect({ ... }, {}) HEAP.listener:close() end,
  } }
end

local function talk(expect)
  return function(server, client)
    expect(client[1]:write "hello", 5)
    expect(server[1]:read(), "hello")
    server[1]:close()
    client[1]:close()
  end
end

--- How making a wheel with `params` fails: op, code; nothing may be told twice.
local function failure(expect, params)
  local op, code
  poe.Session.create { inline_states = {
    _start = function()
      params.success_event, params.failure_event = "got", "failed"
      HEAP.w = SF.new(params)
      expect(op, nil) -- told afterwards
    end,
    got = expect.never(),
    failed = expect.times(1, function(o, c, message, id)
      expect(id, HEAP.w:ID())
      expect.match(message, "^" .. c)
      op, code = o, c
      HEAP.w:close()
    end),
  } }
  expect.run()
  return op, code
end

describe("SocketFactory", function()
  it("connects and accepts over IPv4", function(expect)
    meet(expect, { bind_address = "127.0.0.1", bind_port = 0, reuse = "yes", listen_queue = 5 }, function(w)
      local address, port = w:getsockname()
      expect(address, "127.0.0.1")
      return { remote_address = "127.0.0.1", remote_port = port }
    end, function(server, client)
      expect(server[2], "127.0.0.1")
      local _, port = client[1]:getsockname()
      expect(server[3], port)
      talk(expect)(server, client)
    end)
    expect.run()
  end)

  it("over IPv6, and by name", function(expect)
    meet(expect, { bind_address = "::1", bind_port = 0, socket_domain = "inet6" }, function(w)
      local _, port = w:getsockname()
      return { remote_address = "::1", remote_port = port, socket_domain = "inet6" }
    end, talk(expect))
    expect.run()
    meet(expect, { bind_address = "127.0.0.1", bind_port = 0 }, function(w)
      local _, port = w:getsockname()
      return { remote_address = "localhost", remote_port = tostring(port) }
    end, talk(expect))
    expect.run()
  end)

  it("over Unix sockets", function(expect)
    local path = os.tmpname()
    os.remove(path)
    meet(expect, { bind_address = path, socket_domain = "unix" }, function()
      return { remote_address = path, socket_domain = "unix" }
    end, function(server, client)
      expect(server[2], "")
      expect(client[2], path)
      expect(client[3], nil)
      talk(expect)(server, client)
    end)
    expect.run()
    os.remove(path)
  end)

  it("makes UDP sockets, which hear again after a refusal", function(expect)
    local other = assert(poe.socket.udp("127.0.0.1", 0))
    local _, port = other:getsockname()
    other:close()
    poe.Session.create { inline_states = {
      _start = function()
        HEAP.w = SF.new { socket_protocol = "udp", remote_address = "127.0.0.1", remote_port = port,
          success_event = "got", failure_event = "failed" }
      end,
      got = function(socket)
        HEAP.socket = socket
        KERNEL:select_read(socket, "readable")
        socket:send "nobody"
        KERNEL:delay("later", 0.02)
      end,
      readable = function(socket)
        local data, _, code = socket:receive()
        expect.log(data or code)
        if data then
          KERNEL:select_read(socket)
          socket:close()
          HEAP.other:close()
        end
      end,
      later = function()
        HEAP.other = assert(poe.socket.udp("127.0.0.1", port))
        local address, mine = HEAP.socket:getsockname()
        expect(HEAP.other:send("hello", address, mine), true)
      end,
      failed = expect.never(),
    } }
    expect.run()
    expect.logged { "ECONNREFUSED", "hello" }
  end)

  it("tells what is refused", function(expect)
    local socket = assert(poe.socket.listen("127.0.0.1", 0))
    local _, port = socket:getsockname()
    expect({ failure(expect, { bind_address = "127.0.0.1", bind_port = port }) }, { "bind", "EADDRINUSE" })
    socket:close()
    expect({ failure(expect, { remote_address = "127.0.0.1", remote_port = port }) }, { "connect", "ECONNREFUSED" })
    expect({ failure(expect, { remote_address = "255.255.255.255", remote_port = 1 }) }, { "connect", "ENETUNREACH" })
    expect({ failure(expect, { remote_address = "/nowhere/at/all", socket_domain = "unix" }) }, { "connect", "ENOENT" })
    expect({ failure(expect, { remote_address = ("x"):rep(200), socket_domain = "unix" }) }, { "connect", "ENAMETOOLONG" })
    expect({ failure(expect, { bind_address = "192.0.2.1", bind_port = 0 }) }, { "bind", "EADDRNOTAVAIL" })
    expect({ failure(expect, { bind_port = "no-such-service" }) }, { "getservbyname", "EADDRNOTAVAIL" })
    local op = failure(expect, { remote_address = "a..b", remote_port = 1 })
    expect(op, "getaddrinfo")
  end)

  it("says what is wrong with its parameters", function(expect)
    expect.within(function()
      local function raises(text, params)
        params.success_event, params.failure_event = params.success_event or "x", "y"
        expect.raises("SocketFactory: " .. text, function() SF.new(params) end)
      end
      raises("unknown field 'port'", { port = 1 })
      raises("success_event must be an event's name, got 5", { success_event = 5 })
      raises("remote_port required", { remote_address = "127.0.0.1" })
      raises("bind_port must be 0 to 65535 or a service's name, got 65536", { bind_port = 65536 })
      raises("bind_port must be 0 to 65535 or a service's name, got -1", { bind_port = -1 })
      raises("bind_port must be 0 to 65535 or a service's name, got 1.5", { bind_port = 1.5 })
      raises("listen_queue must be a positive integer, got 0", { listen_queue = 0 })
      raises('socket_domain must be "inet", "inet6" or "unix", got "ipx"', { socket_domain = "ipx" })
      raises('socket_protocol must be "tcp" or "udp", got "sctp"', { socket_protocol = "sctp" })
      raises('socket_type must be "stream" for tcp, got "dgram"', { socket_type = "dgram", socket_protocol = "tcp" })
      raises("bind_address or remote_address required", { socket_domain = "unix" })
      expect.raises("SocketFactory: success_event required", function() SF.new {} end)
      expect.raises("SocketFactory: failure_event required", function() SF.new { success_event = "x" } end)
      local w = SF.new { bind_address = "127.0.0.1", success_event = "x", failure_event = "y" }
      expect.raises("SocketFactory: 'bind_port' is not an event", function() w:event { bind_port = 1 } end)
      expect.raises("SocketFactory: success_event cannot be taken away", function() w:event { success_event = false } end)
      w:close()
      w:close()
      expect.fails("EBADF", "the wheel has no socket", w:getsockname())
      expect.raises(("SocketFactory: pause_accept: wheel %d is closed"):format(w:ID()), function() w:pause_accept() end)
      expect.raises(("SocketFactory: resume_accept: wheel %d is closed"):format(w:ID()), function() w:resume_accept() end)
    end)
  end)

  it("leaves connections in the backlog while accepting is paused", function(expect)
    poe.Session.create { inline_states = {
      _start = function()
        HEAP.w = SF.new { bind_address = "127.0.0.1", success_event = "got", failure_event = "failed" }
        HEAP.w:pause_accept()
        local _, port = HEAP.w:getsockname()
        HEAP.c = SF.new { remote_address = "127.0.0.1", remote_port = port, success_event = "connected", failure_event = "failed" }
      end,
      connected = function(socket)
        HEAP.socket = socket
        expect.log "connected"
        KERNEL:delay("go", 0.02)
      end,
      go = function()
        expect.log "go"
        HEAP.w:resume_accept()
      end,
      got = function()
        expect.log "got"
        HEAP.w:close()
      end,
      failed = expect.never(),
    } }
    expect.run()
    expect.logged { "connected", "go", "got" }
  end)

  it("closed while it connects or looks a name up it tells nothing", function(expect)
    for _, address in ipairs { "127.0.0.1", "localhost" } do
      expect.within(function()
        local listener = assert(poe.socket.listen("127.0.0.1", 0))
        local _, port = listener:getsockname()
        SF.new({ remote_address = address, remote_port = port, success_event = "got", failure_event = "failed" }):close()
        listener:close()
      end)
    end
  end)

  it("a peer that resets in the middle of a record is told as such", function(expect)
    meet(expect, { bind_address = "127.0.0.1" }, function(w)
      local _, port = w:getsockname()
      return { remote_address = "127.0.0.1", remote_port = port }
    end, function(server, client)
      server[1]:write "unread"
      client[1]:write "one\nhalf"
      poe.Session.create { inline_states = {
        _start = function()
          HEAP.w = RW.new { handle = server[1], input_event = "line", error_event = "bad" }
        end,
        line = function(text)
          expect.log(text)
          client[1]:close() -- with something it has not read: a reset
        end,
        bad = function(op, code)
          expect.log(op, code, HEAP.w:get_input_filter():get_pending()[1])
          HEAP.w:close()
        end,
      } }
    end)
    expect.run()
    expect.logged { "one", "read ECONNRESET half" }
  end)

  --- With an even and an odd number of descriptors: the last is taken by either end of a connection.
  for limit = 24, 25 do it(("out of %d descriptors it rests, tells, goes on, and loses no connection"):format(limit), function(expect)
    local out, err, status = run_poe(([[
      if arg[1] ~= "child" then
        local quoted = ("ulimit -n LIMIT; exec timeout 20 %s %s child"):format(arg[-1], arg[0])
        local ok, _, code = os.execute(quoted)
        os.exit(ok and 0 or code)
      end
      local accepted, clients, told, echoed = 0, {}, 0, 0
      local spare = io.open "/dev/null" -- given up when each end of each connection has a descriptor and none is left
      local function dial()
        return poe.wheel.SocketFactory.new { remote_address = "127.0.0.1", remote_port = HEAP.port,
          success_event = "connected", failure_event = "refused" }
      end
      poe.spawn {
        _start = function()
          HEAP.l = poe.wheel.SocketFactory.new { bind_address = "127.0.0.1", success_event = "got", failure_event = "failed" }
          local _, port = HEAP.l:getsockname()
          HEAP.port = port
          HEAP.first = dial()
        end,
        connected = function(socket)
          clients[#clients + 1] = socket
          if told > 0 then return end
          HEAP[#clients] = dial()
        end,
        refused = function(op, code)
          print("no more", op, code)
          if spare then
            spare:close()
            spare = nil
            HEAP.last = dial()
          end
        end,
        failed = function(op, code)
          told = told + 1
          if told > 1 then return end
          print(op, code)
          HEAP.before = accepted
          for _, w in pairs(HEAP.wheels) do w:put "still there" end
          for i = 1, 4 do clients[#clients]:close() clients[#clients] = nil end
        end,
        got = function(socket)
          accepted = accepted + 1
          HEAP.wheels = HEAP.wheels or {}
          local w = poe.wheel.ReadWrite.new { handle = socket, flushed_event = "out", error_event = "gone" }
          HEAP.wheels[w:ID()] = w
          if HEAP.before and accepted > HEAP.before then
            print "goes on"
            HEAP.l:close()
            KERNEL:stop()
          end
        end,
        out = function() echoed = echoed + 1 end,
        gone = function(_, _, _, id) if HEAP.wheels[id] then HEAP.wheels[id]:close() HEAP.wheels[id] = nil end end,
      }
      KERNEL:run()
      print(told >= 1, echoed >= 1)
    ]]):gsub("LIMIT", limit), {})
    expect.match(out, "accept\tEMFILE")
    expect.match(out, "goes on")
    expect.match(out, "true\ttrue")
    expect(err, "")
    expect(status, 0)
  end, 30) end
end)
