--- Wheel ReadWrite: every parameter, method and event; what goes wrong on the other side.
local RW = poe.wheel.ReadWrite
local Line, Stream, Block = poe.filter.Line, poe.filter.Stream, poe.filter.Block

--- A session with a wheel HEAP.w on one end of a pair (or on `params.handle`), whose events are noted;
--- `states` replaces handlers, `start(wheel, peer)` runs in the handler that made it.  The peer is in HEAP.peer.
local function session(expect, params, states, start)
  local inline = {
    _start = function()
      local mine
      if not params.handle and not params.input_handle then
        mine, HEAP.peer = poe.socket.pair()
        params.handle = mine
      end
      for _, name in ipairs { "input", "flushed", "error" } do
        if params[name .. "_event"] == nil then params[name .. "_event"] = name end
      end
      HEAP.w = RW.new(params)
      if start then start(HEAP.w, HEAP.peer) end
    end,
    input = function(record, id)
      expect(id, HEAP.w:ID())
      expect.log("in", record)
    end,
    flushed = function(id)
      expect(id, HEAP.w:ID())
      expect.log "flushed"
    end,
    error = function(op, code, message, id)
      expect(id, HEAP.w:ID())
      expect.match(message, "^" .. code)
      expect.log("error", op, code)
      HEAP.w:close()
    end,
    high = function(id) expect(id, HEAP.w:ID()) expect.log "high" end,
    low = function(id) expect(id, HEAP.w:ID()) expect.log "low" end,
  }
  for name, fn in pairs(states or {}) do inline[name] = fn end
  return poe.Session.create { inline_states = inline }
end

local function feed(text, and_close)
  return function(_, peer)
    peer:write(text)
    if and_close then peer:close() end
  end
end

--- All that is there now, and whether the end is.
local function drain(socket)
  local parts = {}
  while true do
    local data, _, code = socket:read()
    if not data then return table.concat(parts), code == "EOF" end
    parts[#parts + 1] = data
  end
end

--- A filter of a script's own: records of three bytes.
local function three()
  return setmetatable({ text = "" }, { __index = {
    get_one_start = function(self, chunks) self.text = self.text .. table.concat(chunks) end,
    get_one = function(self)
      if #self.text < 3 then return {} end
      local record = self.text:sub(1, 3)
      self.text = self.text:sub(4)
      return { record }
    end,
    put = function(_, records) return { "<" .. table.concat(records, "|") .. ">" } end,
    get_pending = function(self) return self.text ~= "" and { self.text } or nil end,
    finish = function() return {} end,
  } })
end

describe("ReadWrite", function()
  it("gives lines, then the end of input", function(expect)
    session(expect, {}, nil, feed("one\r\ntwo\n\nrest", true))
    expect.run()
    expect.logged { "in one", "in two", "in ", "error read EOF" }
  end)

  for _, rest in ipairs { "", "ab", "abcd" } do
    it(("a get behind resume_input goes on reading, with %d bytes held back"):format(#rest), function(expect)
      session(expect, { filter = Block.new { block_size = 2 } }, {
        input = function(record)
          expect.log("in", record)
          HEAP.w:pause_input()
          KERNEL:delay_set("go", 0.01)
        end,
        go = function()
          HEAP.w:event { input_event = false }
          HEAP.w:resume_input()
          for _ = 1, #rest / 2 do expect(#HEAP.w:get(), 2) end
          HEAP.peer:write "yz"
          expect.log("got", HEAP.w:get())
          HEAP.w:close()
        end,
      }, feed("in" .. rest))
      expect.run()
      expect.logged { "in in", "got yz" }
    end)
  end

  describe("with an HTTPD", function()
    local HELLO = { status = 200, headers = { a = "b" }, content = "hi" }
    local SENT = "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\n\r\nhi"

    it("gives requests that come whole, in pieces and together", function(expect)
      local texts = { "GET /1 HTTP/1.1\r\n\r\n", "GET /2 HT", "TP/1.1\r\nA: b\r\n\r\n",
        "GET /3 HTTP/1.1\r\n\r\nGET /4 HTTP/1.1\r\n\r\nGET", " /5 HTTP/1.1\r\n\r\n", "\r\n", "GET /6 HTTP/1.1\r\n\r\n",
        "POST /7 HTTP/1.1\r\nContent-Length: 2\r\n\r\n", "ab", "POST /8 HTTP/1.1\r\nContent-Length: 2\r\n\r\nab",
        "GET /9 HTTP/1.1\r\n\r\n" }
      session(expect, { filter = poe.filter.HTTPD.new() }, {
        input = function(request) expect.log(request.method, request.uri, request.headers.a or "-", request.content) end,
        more = function()
          HEAP.peer:write(table.remove(texts, 1))
          if texts[1] then KERNEL:delay_set("more", 0.002) else HEAP.peer:close() end
        end,
      }, function() KERNEL:yield "more" end)
      expect.run()
      expect.logged { "GET /1 - ", "GET /2 b ", "GET /3 - ", "GET /4 - ", "GET /5 - ", "GET /6 - ", "POST /7 - ab", "POST /8 - ab",
        "GET /9 - ", "error read EOF" }
    end)

    it("holds a request back while input is paused, and gives the next to who waits", function(expect)
      session(expect, { filter = poe.filter.HTTPD.new() }, {
        input = function(request)
          expect.log("in", request.uri)
          HEAP.w:pause_input()
          HEAP.peer:write "GET /2 HTTP/1.1\r\n\r\n"
          KERNEL:delay_set("go", 0.01)
        end,
        go = function()
          expect.log "go"
          HEAP.w:resume_input()
          expect.log("got", HEAP.w:get().uri)
          HEAP.w:close()
        end,
      }, feed "GET /1 HTTP/1.1\r\n\r\n")
      expect.run()
      expect.logged { "in /1", "go", "got /2" }
    end)

    it("puts plain responses and others alike, in their order", function(expect)
      local long = { status = 200, content = ("x"):rep(9000) }
      session(expect, { filter = poe.filter.HTTPD.new() }, { flushed = function()
        local text = drain(HEAP.peer)
        expect(text, SENT .. "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n" .. SENT .. SENT
          .. "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" .. long.content .. SENT)
        HEAP.w:close()
        expect.log "flushed"
      end }, function(w)
        expect(w:put(HELLO), false)
        w:put { status = 200, version = "HTTP/1.0" }
        w:put(HELLO, HELLO)
        w:put(long)
        w:put(HELLO)
        expect(select(2, w.output:queued()), 6)
        expect.match(select(2, pcall(w.put, w, {})), "HTTPD: status must be an integer of 100 to 999, got nil$")
        expect.match(select(2, pcall(w.put, w, 1)), "HTTPD: record 1 must be a response, got number$")
      end)
      expect.run()
      expect.logged { "flushed" }
    end)

    it("tells of the high mark, and refuses when it is shut down or closed", function(expect)
      session(expect, { filter = poe.filter.HTTPD.new(), high_mark = 50, low_mark = 10, high_event = "high", low_event = "low" },
        { flushed = function()
          HEAP.w:shutdown_output()
          expect.raises("put: output is shut down", function() HEAP.w:put(HELLO) end)
          HEAP.w:close()
          expect.raises(("ReadWrite: put: wheel %d is closed"):format(HEAP.w:ID()), function() HEAP.w:put(HELLO) end)
          expect.log "flushed"
        end }, function(w)
          expect(w:put(HELLO), false)
          expect(w:put(HELLO), true)
        end)
      expect.run()
      expect.logged { "low", "flushed" }
    end)

    it("asks another filter of the same kind", function(expect)
      local mine = setmetatable({ put = function() return { "mine" } end }, { __index = poe.filter.HTTPD.new() })
      session(expect, { filter = poe.filter.HTTPD.new() }, { flushed = function()
        expect(drain(HEAP.peer), SENT .. "mine")
        HEAP.w:close()
      end }, function(w)
        w:put(HELLO)
        w:set_output_filter(mine)
        w:put(HELLO)
      end)
      expect.run()
    end)
  end)

  for _, ending in ipairs { "\n", "\r\n", "END", "0123456789abcdef" } do
    it(("a line may come byte by byte, its end %s too"):format((ending:gsub("%c", "~"))), function(expect)
      local text, sent = ("ab%scd%s%se"):format(ending, ending, ending), 0
      session(expect, { filter = Line.new { literal = ending }, flushed_event = false }, {
        more = function()
          sent = sent + 1
          HEAP.peer:write(text:sub(sent, sent))
          if sent < #text then KERNEL:delay_set("more", 0.001) else HEAP.peer:close() end
        end,
      }, function() KERNEL:yield "more" end)
      expect.run()
      expect.logged { "in ab", "in cd", "in ", "error read EOF" }
    end)
  end

  it("put writes records with the filter's ends, several puts in one flush", function(expect)
    session(expect, {}, { flushed = function()
      expect(HEAP.w:get_driver_out_octets(), 0)
      expect(HEAP.w:get_driver_out_messages(), 0)
      expect.log("flushed", (drain(HEAP.peer):gsub("\r\n", "~")))
      HEAP.w:close()
    end }, function(w)
      expect(w:put("a", "b"), false)
      expect(w:put(1, ""), false)
      expect(w:get_driver_out_octets(), 11)
      expect(w:get_driver_out_messages(), 4)
    end)
    expect.run()
    expect.logged { "flushed a~b~1~~" }
  end)

  it("flush and auto_flush write at once", function(expect)
    session(expect, { filter = Stream.new(), flushed_event = false }, nil, function(w, peer)
      w:put "a"
      expect(drain(peer), "")
      w:flush()
      expect(drain(peer), "a")
      w:close()
      local one, two = poe.socket.pair()
      local v = RW.new { handle = one, filter = Stream.new(), auto_flush = true }
      v:put "b"
      expect(drain(two), "b")
      v:close()
    end)
    expect.run()
  end)

  it("what was put before close is written, what was put before abort is not", function(expect)
    for _, method in ipairs { "close", "abort" } do
      local peer
      session(expect, { filter = Stream.new() }, nil, function(w, p)
        peer = p
        w:put "bye"
        w[method](w)
        w[method](w)
      end)
      expect.run()
      local text, ended = drain(peer)
      expect(text, method == "close" and "bye" or "")
      expect(ended, true)
    end
  end)

  it("says what is wrong with its parameters", function(expect)
    expect.within(function()
      local a, b = poe.socket.pair()
      local closed = poe.socket.pair()
      closed:close()
      local function raises(text, params)
        expect.raises("ReadWrite: " .. text, function() RW.new(params) end)
      end
      raises("table expected, got number", 5)
      raises("unknown field 'inputevent'", { handle = a, inputevent = "x" })
      raises("handle or input_handle required", {})
      raises("handle or output_handle required", { input_handle = a })
      raises("handle and input_handle or output_handle exclude each other", { handle = a, output_handle = b })
      raises("filter and input_filter or output_filter exclude each other",
        { handle = a, filter = Line.new(), input_filter = Line.new() })
      raises("handle is closed", { handle = closed })
      raises("input_handle must be a socket, a file or a descriptor, got table", { input_handle = {}, output_handle = a })
      raises("handle must be a socket, a file or a descriptor, got -1", { handle = -1 })
      raises("handle must be a socket, a file or a descriptor, got 1.5", { handle = 1.5 })
      raises("EBADF: descriptor 9999: bad file descriptor", { handle = 9999 })
      raises("input_event must be an event's name, got 5", { handle = a, input_event = 5 })
      raises("filter must be a filter, got true", { handle = a, filter = true })
      raises('driver must be a table, got "SysRW"', { handle = a, driver = "SysRW" })
      raises("driver's block_size must be a positive integer, got x", { handle = a, driver = { block_size = "x" } })
      raises("high_mark must be a positive integer, got nan", { handle = a, high_mark = 0 / 0, low_mark = 1, low_event = "x" })
      raises("low_mark must be a positive integer, got 0", { handle = a, high_mark = 2, low_mark = 0, low_event = "x" })
      raises("high_mark and low_mark require each other, got high_mark alone", { handle = a, high_mark = 2 })
      raises("low_mark and low_event require each other, got low_mark alone", { handle = a, high_mark = 2, low_mark = 1 })
      raises("high_event requires high_mark, got none", { handle = a, high_event = "x" })
      local w <close> = RW.new { handle = a, driver = poe.driver.SysRW.new { block_size = 10 } }
      expect.raises_like("^ReadWrite: EBUSY: descriptor %d+: another wheel or select has it$",
        function() RW.new { handle = a } end)
      expect.raises_like("^ReadWrite: EBUSY: ", function() RW.new { input_handle = b, output_handle = a } end)
      RW.new({ handle = b }):close() -- the half that was opened has been given back
      expect.raises("put: string expected, got table", function() w:put {} end)
      expect.raises("ReadWrite: unknown field 'foo'", function() w:event { foo = "x" } end)
      expect.raises("ReadWrite: 'handle' is not an event", function() w:event { handle = a } end)
      expect.raises("ReadWrite: low_event requires high_mark and low_mark, got none", function() w:event { low_event = "x" } end)
      expect.raises("ReadWrite: input_filter must be a filter, got nil", function() w:set_input_filter() end)
      expect.fails("EINVAL", "high_mark must be an integer above the low mark, nil, got 5", w:set_high_mark(5))
    end)
  end)

  it("a closed wheel's methods raise, but for those that cannot hurt", function(expect)
    session(expect, {}, nil, function(w)
      w:close()
      for _, name in ipairs { "put", "flush", "event", "set_filter", "set_input_filter", "set_output_filter",
        "pause_input", "resume_input", "shutdown_input", "shutdown_output", "set_high_mark", "set_low_mark" } do
        expect.raises(("ReadWrite: %s: wheel %d is closed"):format(name, w:ID()), function() w[name](w, {}) end)
      end
      w:close()
      w:abort()
      expect(w:get_driver_out_octets(), 0)
      expect(w:get_driver_out_messages(), 0)
      expect.match(tostring(w), "^poe.wheel.ReadWrite%(%d+%) closed$")
    end)
    expect.run()
  end)

  for _, name in ipairs { "input", "flushed", "error", "low" } do
    it("may be closed in its " .. name .. " event", function(expect)
      local before = expect.descriptors()
      session(expect, { filter = Stream.new(), high_mark = 20, low_mark = 1, high_event = "high", low_event = "low" }, {
        [name] = function() expect.log(name) HEAP.w:close() end,
        feed = function() if not HEAP.peer:fileno() then return end drain(HEAP.peer) HEAP.peer:write "x" KERNEL:delay("feed", 0.01) end,
        _stop = function() HEAP.peer:close() end,
        input = name == "input" and function() expect.log(name) HEAP.w:close() KERNEL:delay "feed" end
          or name == "error" and function() HEAP.peer:close() KERNEL:delay "feed" end or function() end,
        flushed = name == "flushed" and function() expect.log(name) HEAP.w:close() KERNEL:delay "feed" end or function() end,
        high = function() end,
        low = name == "low" and function() expect.log(name) HEAP.w:close() KERNEL:delay "feed" end or function() end,
      }, function(w)
        w:put(("x"):rep(name == "flushed" and 10 or 1000000))
        KERNEL:delay("feed", 0.01)
      end)
      expect.run()
      expect.logged { name }
      collectgarbage()
      expect(expect.descriptors() <= before, true)
    end)
  end

  it("holds the rest of a read back while it is paused, with a filter in C and with one in Lua", function(expect)
    for _, filter in ipairs { Line.new(), Block.new { block_size = 3 }, three() } do
      session(expect, { filter = filter }, {
        input = function(record)
          expect.log(#record)
          HEAP.w:pause_input()
          KERNEL:delay("go", 0.01)
        end,
        go = function() expect.log "go" HEAP.w:resume_input() end,
      }, feed(getmetatable(filter) == getmetatable(Block.new { block_size = 3 }) and "aaabbbccc"
        or filter.framing and "a1\nb2\nc3\n" or "aaabbbccc", true))
      expect.run()
      local size = filter.output_literal and 2 or 3
      expect.logged { tostring(size), "go", tostring(size), "go", tostring(size), "go", "error read EOF" }
    end
  end)

  it("a paused wheel reads nothing from the kernel: the peer's send blocks", function(expect)
    session(expect, { filter = Stream.new() }, {
      fill = function()
        local n, _, code = HEAP.peer:write(("x"):rep(100000))
        HEAP.sent = (HEAP.sent or 0) + (n or 0)
        HEAP.full = (HEAP.full or 0) + (code == "EAGAIN" and 1 or 0)
        if HEAP.full < 3 then return KERNEL:delay("fill", 0.01) end
        expect(HEAP.sent < 10000000, true)
        HEAP.w:close()
      end,
      input = expect.never(),
    }, function(w)
      w:pause_input()
      KERNEL:yield "fill"
    end)
    expect.run()
  end)

  it("swaps filters in a handler, and the new one gets what the old one held", function(expect)
    session(expect, {}, {
      input = function(record)
        expect.log(record)
        if record == "one" then HEAP.w:set_input_filter(three()) end
        if record == "abc" then HEAP.w:set_filter(Line.new()) end
      end,
    }, feed("one\nabcdef\nlast\n", true))
    expect.run()
    expect.logged { "one", "abc", "def", "last", "error read EOF" }
  end)

  it("get_pending in mid-stream has what C held, and a line end cut in two stays one", function(expect)
    session(expect, {}, {
      input = function(record) expect.log("in", record) end,
      look = function()
        expect(HEAP.w:get_input_filter():get_pending(), nil)
        HEAP.peer:write "\ntwo\nthr"
        KERNEL:delay("again", 0.02)
      end,
      again = function()
        expect(HEAP.w:get_input_filter():get_pending(), { "thr" })
        HEAP.peer:write "ee\n"
        HEAP.peer:close()
      end,
    }, function(_, peer)
      peer:write "one\r"
      KERNEL:delay("look", 0.02)
    end)
    expect.run()
    expect.logged { "in one", "in two", "in three", "error read EOF" }
  end)

  it("a filter of the script's own that raises ends the input with EBADMSG", function(expect)
    local bad = three()
    bad.get_one = function() error "cannot read this" end
    session(expect, { input_filter = bad, output_filter = Stream.new() }, {
      error = function(op, code, message)
        expect.log(op, code)
        expect.match(message, "^EBADMSG: .*cannot read this")
        HEAP.w:close()
      end,
    }, feed "x")
    expect.run()
    expect.logged { "read EBADMSG" }
  end)

  it("a line that is too long ends the input with EMSGSIZE", function(expect)
    session(expect, { filter = Line.new { literal = "\r\n", max_length = 5 } }, nil, feed "12345\r\n123456\r\n")
    expect.run()
    expect.logged { "in 12345", "error read EMSGSIZE" }
  end)

  it("shut down for output it still reads, on sockets and on pipes", function(expect)
    for _, kind in ipairs { "socket", "pipe" } do
      local params, there_in, there_out = { filter = Stream.new() }, nil, nil
      if kind == "pipe" then
        params.input_handle, there_out = poe.pipe()
        there_in, params.output_handle = poe.pipe()
      end
      session(expect, params, {
        flushed = function() expect.log "flushed" KERNEL:delay("answer", 0.01) end,
        answer = function()
          local text, ended = drain(HEAP.peer or there_in)
          expect.log(#text, ended)
          HEAP.w:pause_input()
          HEAP.w:resume_input()
          expect.raises("put: output is shut down", function() HEAP.w:put "no" end)
          local out = HEAP.peer or there_out
          out:write "answer"
          out:close()
        end,
      }, function(w)
        w:put "question"
        w:shutdown_output()
      end)
      expect.run()
      expect.logged { "flushed", "8 true", "in answer", "error read EOF" }
      if there_in then there_in:close() end
    end
  end)

  it("at the end of input it still writes", function(expect)
    local core
    session(expect, { filter = Stream.new() }, {
      error = function(op, code)
        expect.log(op, code)
        HEAP.w:put "answer"
      end,
      flushed = function()
        expect.log((drain(HEAP.second)))
        HEAP.w:close()
        core:close()
      end,
    }, function(_, peer)
      HEAP.second = peer
      core = RW.new { handle = peer, filter = Stream.new() }
      core:shutdown_output()
    end)
    expect.run()
    expect.logged { "read EOF", "answer" }
  end)

  it("a session that dies in its input handler leaves its output to be written", function(expect)
    local peer
    session(expect, {}, { input = function()
      HEAP.w:put(("x"):rep(1000))
      error "dead"
    end }, function(_, p)
      peer = p
      p:write "1\n2\n"
    end)
    expect.run_raises "dead"
    expect(#drain(peer), 1002)
  end)

  it("marks: put tells, high and low come once, memory stays bounded for a reader that never reads", function(expect)
    session(expect, { filter = Stream.new(), high_mark = 100000, low_mark = 1000, high_event = "high", low_event = "low" }, {
      fill = function()
        while not HEAP.w:put(("x"):rep(1000)) do HEAP.sent = (HEAP.sent or 0) + 1000 end
        expect(HEAP.w:get_driver_out_octets() < 100000 + 1000 + 1, true)
        KERNEL:delay("empty", 0.02)
      end,
      empty = function()
        drain(HEAP.peer)
        if HEAP.w:get_driver_out_octets() > 0 or not HEAP.lowered then KERNEL:delay("empty", 0.001) end
      end,
      low = function() expect.log "low" HEAP.lowered = true end,
      flushed = function() expect.log "flushed" if HEAP.lowered then HEAP.w:close() end end,
    }, function() KERNEL:yield "fill" end)
    expect.run()
    expect.logged { "low", "flushed" }
  end)

  it("works on pipes, Lua files and descriptors, and leaves files open", function(expect)
    local r, w = poe.pipe()
    session(expect, { input_handle = r:fileno(), output_handle = w:fileno() }, {
      input = function(line)
        expect.log(line)
        HEAP.w:close()
      end,
    }, function(wheel) wheel:put "through" end)
    expect.run()
    expect.logged { "flushed", "through" }
    expect(r:fileno(), nil) -- a number of ours is ours
    expect(w:fileno(), nil)
    local pipe = io.popen "echo from a program"
    session(expect, { input_handle = pipe, output_handle = poe.socket.pair() })
    expect.run()
    expect.logged { "in from a program", "error read EOF" }
    expect(pipe:close(), true)
  end)

  it("works on io.stdin", function(expect)
    local out = run_poe([[
      poe.spawn { _start = function()
        HEAP.w = poe.wheel.ReadWrite.new { input_handle = io.stdin, output_handle = io.stdout,
          input_event = "line", error_event = "bad", filter = poe.filter.Line.new { literal = "\n" } }
      end, line = function(text) HEAP.w:put("got " .. text) end,
      bad = function(op, code) HEAP.w:put(op .. " " .. code) HEAP.w:close() end }
    ]], { options = {} }, "")
    expect.yes(out == "" or out:find "read", out) -- standard input is a plain file or an end
  end)

  it("a file that is closed under its wheel ends it", function(expect)
    local pipe = io.popen "sleep 0.3"
    session(expect, { input_handle = pipe, output_handle = poe.socket.pair(), flushed_event = false }, {
      close = function() pipe:close() HEAP.w:close() end, input = expect.never(),
    }, function() KERNEL:delay("close", 0.01) end)
    expect.run()
  end)

  it("events are changed and taken away", function(expect)
    session(expect, {}, {
      input = function(line)
        expect.log("input", line)
        HEAP.w:event { input_event = false }
        KERNEL:delay("on", 0.01)
      end,
      on = function() HEAP.w:event { input_event = "other", error_event = false } end,
      other = function(line)
        expect.log("other", line)
        HEAP.w:close()
      end,
    }, feed "1\n2\n")
    expect.run()
    expect.logged { "input 1", "other 2" }
  end)

  it("collected without close, it gives everything back", function(expect)
    local before, fds = nil, expect.descriptors()
    for _ = 1, 3 do
      for _ = 1, 20 do
        session(expect, { error_event = false, input_event = "input", flushed_event = false }, nil, function()
          HEAP.w = nil
          collectgarbage()
          collectgarbage()
        end)
      end
      expect.run()
      collectgarbage()
      collectgarbage()
      before = before or collectgarbage "count"
    end
    expect(collectgarbage "count" < before + 100, true)
    expect(math.max(expect.descriptors(), fds), fds)
  end)

  it("ten thousand connections leave no descriptor and no memory", function(expect)
    local fds, count, base = expect.descriptors(), 0, nil
    local total = expect.heavy(10000)
    poe.spawn {
      _start = function() KERNEL:yield "next" end,
      next = function()
        for _ = 1, math.min(50, total - count) do
          local a, b = poe.socket.pair()
          local w = RW.new { handle = a, input_event = "got", error_event = "gone" }
          local v = RW.new { handle = b, input_event = "echo", error_event = "gone" }
          HEAP[w:ID()], HEAP[v:ID()] = w, v
          w:put "ping"
        end
      end,
      echo = function(line, id) HEAP[id]:put(line) end,
      got = function(_, id)
        HEAP[id]:close()
        HEAP[id] = nil
        count = count + 1
        if count == 50 then
          collectgarbage()
          base = collectgarbage "count"
        end
        if count % 50 == 0 and count < total then KERNEL:yield "next" end
      end,
      gone = function(_, _, _, id)
        HEAP[id]:close()
        HEAP[id] = nil
      end,
    }
    expect.run()
    expect(count, total)
    collectgarbage()
    collectgarbage()
    expect(math.max(expect.descriptors(), fds), fds)
    if base then expect(collectgarbage "count" < base + 200, true) end
  end, 60)
end)

describe("ReadWrite: get", function()
  --- Runs `fn(wheel, peer)`, which may wait, with a wheel that has no events.
  local function with_wheel(filter, fn)
    return poe.Session.create { inline_states = { _start = function()
      local mine, peer = poe.socket.pair()
      local w <close> = RW.new { handle = mine, filter = filter }
      local p <close> = RW.new { handle = peer, filter = Stream.new() }
      fn(w, p)
    end } }
  end

  it("brings records one by one, those that came together and those that came in pieces", function(expect)
    with_wheel(nil, function(w, p)
      p:put "one\ntwo\nthr"
      expect(w:get(), "one")
      expect(w:get(), "two")
      poe.spawn { _start = function() poe.sleep(0.002) p:put "ee\nfo" p:put "ur\n" end }
      expect(w:get(), "three")
      expect(w:get(), "four")
      p:shutdown_output()
      expect(table.pack(w:get()), { nil, "EOF: end of file", "EOF", n = 3 })
      expect(select(3, w:get()), "EOF")
    end)
    expect.run()
  end)

  it("serves the longest waiting of several handlers, past those that have been cancelled", function(expect)
    with_wheel(nil, function(w, p)
      local function getter(name) poe.spawn { _start = function() expect.log(name, (w:get())) end } end
      expect(select(3, poe.with_timeout(0, w.get, w)), "ETIMEDOUT")
      getter "first"
      for _ = 1, 5 do expect(select(3, poe.with_timeout(0, w.get, w)), "ETIMEDOUT") end
      getter "second"
      getter "third"
      p:put "a\nb\nc\n"
      poe.sleep(0.02)
    end)
    expect.run()
    expect.logged { "first a", "second b", "third c" }
  end)

  it("keeps a record that came for one who had been cancelled", function(expect)
    with_wheel(nil, function(w, p)
      expect(select(3, poe.with_timeout(0, w.get, w)), "ETIMEDOUT")
      p:put "a\nb\nc\n"
      poe.sleep(0.01)
      expect(w:get(), "a")
      expect(w:get(), "b")
      expect(w:get(), "c")
      p:put "d\n"
      expect(w:get(), "d")
    end)
    expect.run()
  end)

  it("is ahead of an input_event, set meanwhile or taken away, and goes on in its turn", function(expect)
    poe.Session.create { inline_states = {
      _start = function()
        local mine, peer = poe.socket.pair()
        local w <close> = RW.new { handle = mine }
        local p <close> = RW.new { handle = peer }
        poe.spawn { _start = function() expect.log("got", (w:get())) end }
        w:event { input_event = "input" }
        p:put("a", "b")
        poe.sleep(0.01)
        p:put "c"
        expect.log("got", (w:get()))
        p:put "d"
        poe.sleep(0.01)
        w:event { input_event = false }
        p:put("e", "f")
        poe.sleep(0.01)
        expect.log("got", (w:get()))
        expect.log("got", (w:get()))
      end,
      input = function(record) expect.log("in", record) end,
    } }
    expect.run()
    expect.logged { "in b", "got a", "got c", "in d", "got e", "got f" }
  end)

  it("goes on with another filter, and what the one before held", function(expect)
    with_wheel(nil, function(w, p)
      p:put "line\nabcdef"
      expect(w:get(), "line")
      w:set_input_filter(Block.new { block_size = 3 })
      expect(w:get(), "abc")
      expect(w:get(), "def")
      w:set_input_filter(Line.new())
      p:put "more\n"
      expect(w:get(), "more")
    end)
    expect.run()
  end)

  it("reads nothing while nobody waits, and keeps no session", function(expect)
    local mine, peer = poe.socket.pair()
    poe.Session.create { inline_states = {
      _start = function()
        HEAP.w = RW.new { handle = mine }
        HEAP.w:shutdown_output()
        expect.log("got", (HEAP.w:get()))
        expect.log("got", (HEAP.w:get()))
      end,
      _stop = function() expect.log "stop" end,
    } }
    poe.Session.create { inline_states = { _start = function()
      peer:write "a\nb\nc\n"
      poe.sleep(0.02)
      expect.log "later"
    end } }
    expect.run()
    expect.logged { "got a", "got b", "stop", "later" }
    peer:close()
  end)

  it("ECANCELED when the wheel is closed", function(expect)
    with_wheel(nil, function(w)
      poe.spawn { _start = function() expect.log(select(3, w:get())) end }
      poe.spawn { _start = function() expect.log(select(3, w:get())) end }
      poe.sleep(0.002)
      w:close()
      expect.raises_like("ReadWrite: get: wheel %d+ is closed", function() w:get() end)
    end)
    expect.run()
    expect.logged { "ECANCELED", "ECANCELED" }
  end)
end)
