--- server.TCP and client.TCP: what the pairs with POE (spec/conformance/tcp_*) do not say.
local poe = require "poe"

local function nothing() end

--- A server on a free port of 127.0.0.1; returns the port.
local function server(spec)
  local port
  local started = spec.started
  spec.address, spec.port = spec.address or "127.0.0.1", 0
  spec.alias = spec.alias or "server"
  spec.started = function(...)
    port = select(2, HEAP.listener:getsockname())
    if started then started(...) end
  end
  poe.component.server.TCP.new(spec)
  return port
end

describe("constructors", function()
  it("name what is wrong, and its value", function(expect)
    local new = poe.component.server.TCP.new
    expect.raises("server.TCP: unknown field 'prot'", function() new { prot = 1, client_input = nothing } end)
    expect.raises("server.TCP: acceptor or client_input required, got none", function() new { port = 0 } end)
    expect.raises('server.TCP: client_input must be a function, got "in"', function() new { client_input = "in" } end)
    expect.raises("server.TCP: concurrency must be -1 or more, got -2", function() new { client_input = nothing, concurrency = -2 } end)
    expect.raises("server.TCP: concurrency must be -1 or more, got nan", function() new { client_input = nothing, concurrency = 0 / 0 } end)
    expect.raises("server.TCP: client_high requires client_low, got none", function() new { client_input = nothing, high_mark = 1, low_mark = 1, client_high = nothing } end)
    expect.raises("server.TCP: client_flushed requires client_input, got none", function() new { acceptor = nothing, client_flushed = nothing } end)
    expect.raises("server.TCP: inline_states: 'shutdown' is the component's own", function() new { client_input = nothing, inline_states = { shutdown = nothing } } end)
    expect.raises("server.TCP: client_filter must be a filter, a filter's class or a list of a class and its arguments, got 7", function() new { client_input = nothing, client_filter = 7 } end)
    new = poe.component.client.TCP.new
    expect.raises("client.TCP: remote_address required", function() new { remote_port = 1, server_input = nothing } end)
    expect.raises("client.TCP: server_input required", function() new { remote_address = "::1", remote_port = 1 } end)
    expect.raises("client.TCP: connect_timeout must be a number of seconds, got nan", function() new { remote_address = "::1", remote_port = 1, server_input = nothing, connect_timeout = 0 / 0 } end)
  end)
end)

describe("a server", function()
  it("listens and connects by name, and says so when there is no such name", function(expect)
    local port = server {
      address = "localhost",
      started = nil,
      client_input = function(line) expect.log(line) post("server", "shutdown") yield "shutdown" end,
    }
    expect(port, "EBADF: the wheel has no socket") -- not yet: the name is being looked up
    poe.spawn {
      _start = function() KERNEL:delay("go", 0.3) end,
      go = function()
        local listener = KERNEL:alias_resolve("server"):get_heap().listener
        poe.component.client.TCP.new {
          remote_address = "localhost", remote_port = select(2, listener:getsockname()),
          connected = function() HEAP.server:put "by name" end, server_input = nothing,
          server_error = nothing,
        }
        poe.component.client.TCP.new {
          remote_address = "no.such.host.invalid", remote_port = 1, server_input = nothing,
          connect_error = function(op, code) expect(op, "getaddrinfo") expect(code:sub(1, 4), "EAI_") end,
        }
      end,
    }
    expect.run(10)
    expect.logged { "by name" }
  end, 15)

  it("lets other connections go on while a handler waits", function(expect)
    local port = server {
      client_input = function(line)
        if line == "slow" then poe.sleep(0.1) end
        HEAP.client:put("done " .. line)
      end,
    }
    poe.spawn {
      _start = function()
        local slow, quick = poe.connect("127.0.0.1", port), poe.connect("127.0.0.1", port)
        slow:put "slow"
        quick:put "quick"
        expect.log(quick:get())
        expect.log(slow:get())
        slow:close()
        quick:close()
        post("server", "shutdown")
      end,
    }
    expect.run()
    expect.logged { "done quick", "done slow" }
  end)

  it("writes what a dying session has put", function(expect)
    local port = server {
      client_input = function()
        HEAP.client:put(("x"):rep(3000000))
        KERNEL:sig("DIE", "handled")
        error "dies in its input handler"
      end,
      inline_states = {
        handled = function() KERNEL:sig_handled() KERNEL:signal(SESSION, "ZOMBIE") end,
      },
    }
    poe.component.client.TCP.new {
      remote_address = "127.0.0.1", remote_port = port, filter = poe.filter.Stream,
      connected = function() HEAP.n = 0 HEAP.server:put "go\n" end,
      server_input = function(data) HEAP.n = HEAP.n + #data end,
      server_error = function(_, code) expect({ code, HEAP.n }, { "EOF", 3000002 }) post("server", "shutdown") end,
    }
    expect.run(20)
  end, 30)

  it("tells of a peer that resets in the middle of a record", function(expect)
    local port = server {
      client_input = function(line) HEAP.got = true expect.log(line) end,
      client_error = function(op, code) expect.log(op .. " " .. code) end,
      client_disconnected = function() expect.log "disconnected" post("server", "shutdown") end,
    }
    poe.spawn {
      _start = function()
        local wheel = assert(poe.connect("127.0.0.1", port))
        local socket <close> = wheel:get_input_handle()
        socket:write "whole\nhalf a re"
        -- unread input makes close send a reset
        local sent
        repeat
          poe.sleep(0.01)
          for session in KERNEL:sessions() do
            local heap = session:get_heap()
            if type(heap) == "table" and heap.got then
              heap.client:put "you will not read this"
              heap.client:flush()
              sent = true
            end
          end
        until sent
      end,
    }
    expect.run()
    expect.logged { "whole", "read ECONNRESET", "disconnected" }
  end)

  it("runs out of descriptors, says so, rests, and goes on; who is connected stays so", function(expect)
    local out, err, code = run_poe [[
local poe = require "poe"
local errors, port, answered = 0, nil, 0
poe.component.server.TCP.new {
  alias = "s", address = "127.0.0.1", port = 0,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  error = function(op, code) errors = errors + 1 if errors == 1 then print(op, code) end end,
  client_input = function(line) HEAP.client:put(line) end,
}
local held = {}
local function take() -- all descriptors but a few
  while true do
    local f = io.open "/dev/null"
    if not f then break end
    held[#held + 1] = f
  end
  for _ = 1, 3 do table.remove(held):close() end
end
poe.spawn { _start = function()
  local first = assert(poe.connect("127.0.0.1", port))
  first:put "first" print(first:get())
  take()
  local a = assert(poe.connect("127.0.0.1", port)) -- the server's end may not fit any more
  local b = assert(poe.connect("127.0.0.1", port))
  poe.sleep(0.5)
  first:put "still there" print(first:get())
  while held[1] do table.remove(held):close() end
  a:put "a" print(a:get())
  b:put "b" print(b:get())
  print(errors >= 1 and errors < 10)
  for _, wheel in ipairs { first, a, b } do wheel:close() end
  post("s", "shutdown")
end }
]]
    expect({ out, err, code }, { "first\naccept\tEMFILE\nstill there\na\nb\ntrue\n", "", 0 })
  end, 30)

  it("opens, uses and closes 10,000 connections and has nothing left of them", function(expect)
    local n, wave = expect.heavy(10000), 250
    local before -- after the first wave: what the kernel opens once is open
    local open, used = 0, 0
    local port = server {
      client_input = function(line) HEAP.client:put(line) end,
      client_disconnected = function() open = open - 1 end,
      client_connected = function() open = open + 1 end,
    }
    local memory
    poe.spawn {
      _start = function()
        for first = 1, n, wave do
          local wheels = {}
          for i = first, math.min(first + wave - 1, n) do
            local wheel = assert(poe.connect("127.0.0.1", port))
            wheel:put("number " .. i)
            wheels[i] = wheel
          end
          for i, wheel in pairs(wheels) do
            if wheel:get() == "number " .. i then used = used + 1 end
            wheel:close()
          end
          if first == 1 then
            poe.sleep(0.05)
            collectgarbage() collectgarbage()
            memory, before = collectgarbage "count", expect.descriptors()
          end
        end
        poe.sleep(0.1)
        post("server", "shutdown")
      end,
    }
    expect.run(60)
    collectgarbage() collectgarbage()
    expect({ used, open }, { n, 0 })
    local after = expect.descriptors()
    expect(after <= before, true, ("%d descriptors, %d before"):format(after, before))
    local grown = collectgarbage "count" - memory
    expect(grown < 300, true, ("grown by %.0f KB"):format(grown))
  end, 120)
end)

describe("a writer that never stops", function()
  it("holds no more than its mark and one block for a reader that never reads", function(expect)
    local most, puts = 0, 0
    local block = ("x"):rep(16384)
    local port = server {
      client_filter = poe.filter.Stream, high_mark = 65536, low_mark = 16384,
      client_high = nothing, client_low = function() yield "more" end,
      client_connected = function() yield "more" end, client_input = nothing,
      inline_states = {
        more = function()
          if not HEAP.client then return end
          repeat
            puts = puts + 1
            local full = HEAP.client:put(block)
            most = math.max(most, HEAP.client:get_driver_out_octets())
          until full or puts > 100000
        end,
      },
    }
    poe.spawn {
      _start = function()
        local wheel = assert(poe.connect("127.0.0.1", port, poe.filter.Stream.new()))
        poe.sleep(0.3)
        post("server", "shutdown")
        wheel:close()
      end,
    }
    expect.run()
    expect(puts > 4 and puts < 5000, true, puts .. " puts")
    expect(most <= 65536 + 16384, true, most .. " octets")
  end, 20)
end)
