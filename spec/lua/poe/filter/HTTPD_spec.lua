--- poe.filter.HTTPD
local cuts = dofile "spec/lua/poe/filter_cuts.lua"
local HTTPD = require "poe.filter.HTTPD"

local function maker(opts)
  return function() return HTTPD.new(opts) end
end

--- A request as the filter gives it.
local function request(method, uri, headers, content, version)
  return { method = method, uri = uri, version = version or "HTTP/1.1", headers = headers or {}, content = content or "" }
end

--- Checks that input ends, after `before`, in the refusal of a request, however it is cut, and that
--- nothing behind it is taken.
local function refuses(expect, input, status, opts, before)
  cuts.each(input, function(chunks, what)
    local httpd = HTTPD.new(opts)
    local records, message = cuts.run(httpd, chunks)
    expect(message, nil, what)
    local last = table.remove(records)
    expect(last and last.status, status, what)
    expect(last and last.method, nil, what)
    expect(records, before or {}, what)
    expect(httpd:get { "GET / HTTP/1.1\r\n\r\n" }, {}, what)
    expect(httpd:get_pending(), nil, what)
  end)
end

describe("HTTPD reading", function()
  it("gives requests, however they are cut (R345)", function(expect)
    cuts.check(expect, maker(), "GET /a?b=c HTTP/1.1\r\nHost: h:80\r\nAccept:*/*  \r\nEmpty:\r\n\r\nHEAD",
      { records = { request("GET", "/a?b=c", { host = "h:80", accept = "*/*", empty = "" }) }, pending = "HEAD" })
    cuts.check(expect, maker(), "PUT /f HTTP/1.0\r\nContent-Length: 5\r\n\r\n\0\r\n\r\nx",
      { records = { request("PUT", "/f", { ["content-length"] = "5" }, "\0\r\n\r\n", "HTTP/1.0") }, pending = "x" })
    cuts.check(expect, maker(), "GET / HTTP/1.1\r\nHost: a\r\n", { records = {}, pending = "GET / HTTP/1.1\r\nHost: a\r\n" })
    cuts.check(expect, maker(), "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab",
      { records = {}, pending = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab" })
  end)

  it("takes lines that end with LF, leading blank lines, continuations and repeated headers (R345)", function(expect)
    cuts.check(expect, maker(), "\r\n\n \r\nGET / HTTP/1.1\nA: 1\n\tand\n  more\r\nB: x\na: 2\nx_y: z\n\n\r\n", { records = {
      request("GET", "/", { a = "1 and more, 2", b = "x", ["x-y"] = "z" }) } })
  end)

  it("takes a request without a version for HTTP/0.9, and // for / (R345)", function(expect)
    cuts.check(expect, maker(), "GET ///x//y\r\n\r\nGET  /z\tHTTP/1.1 more\n\n", { records = {
      request("GET", "/x//y", {}, "", "HTTP/0.9"), request("GET", "/z") } })
  end)

  it("reads pipelined requests (R345)", function(expect)
    cuts.check(expect, maker(), "GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc\r\n\r\nGET /3 HTTP/1.1\r\n\r\n",
      { records = { request("GET", "/1"), request("POST", "/2", { ["content-length"] = "3" }, "abc"), request("GET", "/3") } })
  end)

  -- POE loses the second request (R346).
  it("keeps what follows a request with Content-Length 0", function(expect)
    cuts.check(expect, maker(), "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
      { records = { request("POST", "/", { ["content-length"] = "0" }), request("GET", "/2") } })
  end)

  -- POE gives the request without it, and a 400 (R345).
  it("decodes content in chunks", function(expect)
    local head = "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n"
    local headers = { ["transfer-encoding"] = "Chunked" }
    cuts.check(expect, maker(), head .. "3\r\nabc\r\n0A ;ext=\"1\"\r\n0123456789\r\n00\r\nTrailer: x\r\n\r\nGET",
      { records = { request("POST", "/", headers, "abc0123456789") }, pending = "GET" })
    cuts.check(expect, maker(), head .. "1\n\n\n0\n\n", { records = { request("POST", "/", headers, "\n") } })
    cuts.check(expect, maker { max_content = 4 }, head .. "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
      { records = { request("POST", "/", headers, "abcd") } })
    refuses(expect, head .. "x\r\n", 400)
    refuses(expect, head .. "\r\n", 400)
    refuses(expect, head .. "-1\r\n", 400)
    refuses(expect, head .. "2\r\nabc\r\n", 400)
    refuses(expect, head .. "3\r\nabc\r\n2\r\n", 413, { max_content = 4 })
    refuses(expect, head .. "ffffffffffffffffff\r\n", 413)
    refuses(expect, "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501)
    refuses(expect, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400)
    refuses(expect, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400)
  end)

  it("get_pending in the middle of chunks is the same request", function(expect)
    local head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    local input = head .. "3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: x\r\n\r\n"
    local wanted = { request("POST", "/", { ["transfer-encoding"] = "chunked" }, "abcde") }
    for cut = 1, #input - 1 do
      local first = HTTPD.new()
      expect(first:get { input:sub(1, cut) }, {})
      local pending = first:get_pending()
      expect(HTTPD.new():get { pending and pending[1] or "", input:sub(cut + 1) }, wanted, "cut after " .. cut)
    end
  end)

  it("refuses what breaks the rules with a response (R345)", function(expect)
    local get = "GET /1 HTTP/1.1\r\n\r\n"
    refuses(expect, get .. "GET\r\n\r\n", 400, nil, { request("GET", "/1") })
    refuses(expect, "<x> / HTTP/1.1\r\n\r\n", 400)
    refuses(expect, "POST / HTTP/1.1\r\nContent-Length: five\r\n\r\nabcde", 400)
    refuses(expect, "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400)
    refuses(expect, "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)
    refuses(expect, "POST / HTTP/1.1\r\nContent-Encoding: gzip\r\n\r\n", 411)
    refuses(expect, "POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\n", 413, { max_content = 5 })
    refuses(expect, "POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n", 413)
    refuses(expect, "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 413)
    refuses(expect, "GET / HTTP/1.1\r\nno colon\r\n\r\n", 400)
    refuses(expect, "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400)
    refuses(expect, "GET / HTTP/1.1\r\n continued\r\n\r\n", 400)
    refuses(expect, "GET / HTTP/1.1\r\na: b\rc\r\n\r\n", 400)
    refuses(expect, "GET / HTTP/1.1\r\na: b\0c\r\n\r\n", 400)
    cuts.check(expect, maker(), "POST / HTTP/1.0\r\nContent-Encoding: gzip\r\n\r\n",
      { records = { request("POST", "/", { ["content-encoding"] = "gzip" }, "", "HTTP/1.0") } })
  end)

  it("a refusal can be put, and tells what was wrong", function(expect)
    local httpd = HTTPD.new { max_content = 1 }
    local refusal = httpd:get { "POST /<b> HTTP/1.1\r\nContent-Length: 22\r\n\r\n" }[1]
    expect(refusal.request.uri, "/<b>")
    expect(httpd:put { refusal }, { "HTTP/1.1 413 Request Entity Too Large\r\nConnection: close\r\nContent-Length: "
      .. #refusal.content .. "\r\nContent-Type: text/html\r\n\r\n<html><head><title>Error 413: Request Entity Too Large"
      .. "</title></head><body><h1>Error 413: Request Entity Too Large</h1><p>Content of 22 octets not accepted.</p></body></html>" })
  end)

  it("gives content in pieces with `streaming`", function(expect)
    local httpd = HTTPD.new { streaming = true, max_content = 1 }
    httpd:get_one_start { "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab" }
    local first = httpd:get_one()[1]
    expect(first, { method = "POST", uri = "/", version = "HTTP/1.1", headers = { ["content-length"] = "5" } })
    expect(httpd:get_pending(), { "ab" })
    expect(httpd:get_one(), { "ab" })
    expect(httpd:get_one(), {})
    expect(httpd:get { "cdeGET / HTTP/1.1\r\n\r\n" }, { "cde", request("GET", "/") })
    expect(select("#", table.unpack(httpd:get { "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab" })), 2)
    expect(httpd:get { "c\r\n1\r\nd\r\n" }, { "c", "d" })
    expect(httpd:get { "0\r\n\r\nGET /2 HTTP/1.1\r\n\r\n" }, { "", request("GET", "/2") })
  end)

  it("raises when a head is above max_header, wherever it is cut", function(expect)
    local long = "GET / HTTP/1.1\r\nA: " .. ("x"):rep(20) .. "\r\n\r\n"
    cuts.check(expect, maker { max_header = #long - 1 }, "GET / HTTP/1.1\r\n\r\n" .. long,
      { records = { request("GET", "/") }, wrong = "EMSGSIZE: HTTPD: max_header is " .. #long - 1 .. " bytes, got " .. #long })
    cuts.check(expect, maker { max_header = #long }, long, { records = { request("GET", "/", { a = ("x"):rep(20) }) } })
    local chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    cuts.check(expect, maker { max_header = 60 }, chunked .. ("a: b\r\n"):rep(20), { records = {}, wrong = "EMSGSIZE: HTTPD: max_header is 60 bytes, got 64" })
    local httpd = HTTPD.new { max_buffer = 100, max_content = 50 }
    expect(select(2, pcall(httpd.get, httpd, { ("x"):rep(101) })), "EMSGSIZE: HTTPD: max_buffer is 100 bytes, got 101")
    expect(httpd:clone():get { "GET / HTTP/1.1\r\n\r\n" }, { request("GET", "/") })
  end)

  it("raises at the limit when garbage is fed", function(expect)
    expect.match(select(2, cuts.flood(HTTPD.new(), "x", 100 << 20)), "^EMSGSIZE: HTTPD: max_header is 65536 bytes, got ")
    expect(cuts.flood(HTTPD.new(), "\n", 100 << 20), 100 << 20) -- blank lines are dropped
    local chunked = HTTPD.new()
    chunked:get { "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" }
    expect.match(select(2, cuts.flood(chunked, "0", 1 << 20)), "^EMSGSIZE: HTTPD: a line must take at most 4096 bytes, got ")
  end, 30)

  it("takes byte by byte, and many small requests, in linear time", function(expect)
    local n = expect.heavy(60000)
    local httpd = HTTPD.new { max_content = n }
    local body = ("x"):rep(n)
    local input = "POST / HTTP/1.1\r\nContent-Length: " .. n .. "\r\n\r\n" .. body
    expect(httpd:get(cuts.bytes(input))[1].content, body)
    local records = cuts.run(httpd, cuts.bytes(input))
    expect(records[1].content == body, true)
    records = cuts.run(HTTPD.new(), cuts.bytes("GET / HTTP/1.1\r\n" .. ("a:\n"):rep(n // 4) .. "\n"))
    expect(#records, 1)
    expect(#records[1].headers.a, 2 * (n // 4 - 1))
    expect(#HTTPD.new():get { ("GET /\n\n"):rep(n // 4) }, n // 4)
  end, 20)

  it("clone keeps the settings, not the buffer (R344)", function(expect)
    local httpd = HTTPD.new { max_content = 2, max_header = 50, streaming = false }
    httpd:get { "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na" }
    local clone = httpd:clone()
    expect(clone:get_pending(), nil)
    expect(clone:get { "GET / HTTP/1.1\r\n\r\n" }, { request("GET", "/") })
    expect(clone:get { "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n" }[1].status, 413)
    expect(httpd:get { "b" }[1].content, "ab")
  end)

  it("refuses wrong settings, naming them", function(expect)
    cuts.refuses(expect, HTTPD.new, {
      { "HTTPD: unknown field 'MaxContent'", { MaxContent = 1 } },
      { "HTTPD: streaming must be a boolean, got number", { streaming = 1 } },
      { "HTTPD: max_buffer must be at least max_content and its length, 14, got 13", { max_content = 11, max_buffer = 13 } },
    })
    for _, field in ipairs { "max_content", "max_buffer", "max_header" } do
      cuts.refuses_sizes(expect, HTTPD.new, "HTTPD", field)
    end
    cuts.refuses_chunks(expect, HTTPD.new, "HTTPD")
  end)
end)

describe("HTTPD writing", function()
  local function put(response) return HTTPD.new():put({ response })[1] end

  it("writes status, headers and content, and adds Content-Length", function(expect)
    expect(put { status = 200, headers = { content_type = "text/plain", ["set-cookie"] = { "b=1", "a=2" }, ["X-n"] = 5 }, content = "hi\n" },
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nSet-Cookie: b=1\r\nSet-Cookie: a=2\r\nX-N: 5\r\nContent-Length: 3\r\n\r\nhi\n")
    expect(put { status = 404 }, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    expect(put { status = 200, content = 12 }, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n12")
    expect(put { status = 200, version = "HTTP/1.0", headers = { ["CONTENT-LENGTH"] = 9 } }, "HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n")
    expect(put { status = 200, headers = { ["transfer-encoding"] = "chunked" }, content = "0\r\n\r\n" },
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    for _, status in ipairs { 100, 204, 304 } do
      expect(put({ status = status }):find("Content-Length", 1, true), nil)
    end
    expect(#HTTPD.new():put { { status = 200 }, { status = 200 } }, 2)
  end)

  it("writes a reason of one's own behind the usual one (R345)", function(expect)
    expect.match(put { status = 200, reason = "Fine" }, "^HTTP/1.1 200 %(OK%) Fine\r\n")
    expect.match(put { status = 200, reason = "OK" }, "^HTTP/1.1 200 OK\r\n")
    expect.match(put { status = 299, reason = "Odd" }, "^HTTP/1.1 299 %(Unknown Error%) Odd\r\n")
    expect.match(put { status = 299 }, "^HTTP/1.1 299 Unknown Error\r\n")
  end)

  it("headers_as_strings gives the header lines in order", function(expect)
    expect(HTTPD.new():headers_as_strings { headers = { b = 1, a = { "y", "x" } } }, { "A: y", "A: x", "B: 1" })
    expect(HTTPD.new():headers_as_strings {}, {})
    expect.raises("HTTPD: a response must be a table, got nil", function() HTTPD.new():headers_as_strings() end)
  end)

  it("tells the length of any content, however many lengths there have been", function(expect)
    for _ = 1, 2 do
      for length = 0, 300 do
        expect(put { status = 200, content = ("x"):rep(length) }:match "Content%-Length: (%d+)\r\n\r\n", tostring(length))
      end
    end
  end)

  it("raises what cannot be written", function(expect)
    local function fails(text, response)
      expect.raises(text, function() HTTPD.new():put { response } end)
    end
    fails("HTTPD: record 1 must be a response, got string", "HTTP/1.1 200 OK")
    fails("HTTPD: status must be an integer of 100 to 999, got nil", request("GET", "/"))
    fails("HTTPD: status must be an integer of 100 to 999, got 99", { status = 99 })
    fails("HTTPD: status must be an integer of 100 to 999, got 200.5", { status = 200.5 })
    fails("HTTPD: headers must be a table, got string", { status = 200, headers = "a: b" })
    fails('HTTPD: header A must be one line, got "x\\13\\\ny: z"', { status = 200, headers = { a = "x\r\ny: z" } })
    fails("HTTPD: header A must be a string, got boolean", { status = 200, headers = { a = true } })
    fails('HTTPD: a header\'s name must be a word, got "a b"', { status = 200, headers = { ["a b"] = "" } })
    fails("HTTPD: a header's name must be a word, got number", { status = 200, headers = { "a: b" } })
    fails("HTTPD: reason must be one line, got number", { status = 200, reason = 5 })
    fails("HTTPD: version must be like HTTP/1.1, got 1.1", { status = 200, version = "1.1" })
    fails("HTTPD: content must be a string, got table", { status = 200, content = {} })
  end)
end)

describe("HTTPD with and without C", function()
  --- The same filter where it has no part in C.
  local slow = assert(loadfile "lua/poe/filter/HTTPD.lua") { require = require }
  local heads = {
    "GET / HTTP/1.1\r\nHost: a\r\nX_y: b \r\n\r\n", "GET /x HTTP/1.1\nA: 1\n\n",
    "POST /a?b HTTP/1.0\r\nContent-Length: 3\r\nA:\r\n\r\nabc", "\r\nGET //q HTTP/1.1\r\nA: 1\r\nA: 2\r\n b\r\n\r\n",
    "PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
  }
  local bits = { "\r", "\n", "\0", " ", "\t", ":", "_", "/", "\255", "A", "\127", "HTTP/1.1", "\r\n", "é", "\11", "=" }

  local function read(class, pieces)
    local httpd, all = class.new { max_header = 300 }, {}
    for _, piece in ipairs(pieces) do
      local whole = class == HTTPD and httpd:get_whole(piece) -- as ReadWrite does
      all[#all + 1] = whole and { n = 2, true, { whole } } or table.pack(pcall(httpd.get, httpd, { piece }))
    end
    all[#all + 1] = httpd:get_pending() or "none"
    return all
  end

  it("reads the same of what is almost right", function(expect)
    math.randomseed(8)
    for _ = 1, expect.heavy(20000) do
      local text = heads[math.random(#heads)] .. heads[math.random(#heads)]
      for _ = 1, math.random(0, 3) do
        local at, way = math.random(#text), math.random(3)
        text = text:sub(1, way == 1 and at or at - 1) .. (way == 2 and "" or bits[math.random(#bits)]) .. text:sub(at + 1)
      end
      local at = math.random(3) == 1 and math.random(#text) or #text
      local pieces = { text:sub(1, at), text:sub(at + 1) }
      expect(read(HTTPD, pieces), read(slow, pieces), ("%q"):format(text))
    end
  end)

  it("writes the same, and raises the same", function(expect)
    local n = {} -- nil
    local statuses = { 200, 200, 404, 204, 304, 100, 299, 1000, 200.0, "200", n }
    local texts = { n, n, "OK", "Not Found", "Fine", "", 5, "a\nb" }
    local names = { "content-type", "Content_Length", "X-a", "x_A", "transfer-encoding", "A1b-2c", "9x-y9z", "é", "a b", "",
      "!b|c", ("n"):rep(64), ("n"):rep(65), 7 }
    local values = { "text/html", "", " x ", "\255", "x\ry", "\0", 5, -5, math.mininteger, 2.5, { "p", "q" }, {}, true,
      ("v"):rep(1500) }
    local contents = { n, "", "hello", 12, ("c"):rep(5000), false, {}, "\0\r\n" }
    local function any(list)
      local value = list[math.random(#list)]
      if value ~= n then return value end
    end
    local function write(class, response)
      return table.pack(pcall(class.put, class.new(), { response }))
    end
    math.randomseed(9)
    for _ = 1, expect.heavy(20000) do
      local response = { status = any(statuses), reason = any(texts), content = any(contents) }
      if math.random(20) == 1 then response.version = "HTTP/1.0" end
      if math.random(20) > 1 then
        response.headers = {}
        for _ = 1, math.random(0, math.random(3) == 1 and 20 or 4) do
          response.headers[math.random(4) == 1 and any(names) or "h" .. math.random(40)] = any(values)
        end
      end
      if math.random(20) == 1 then response = setmetatable({}, { __index = response }) end
      expect(write(HTTPD, response), write(slow, response))
    end
  end)
end)
