-- R344 R345: requests in, responses out
local poe = require "poe"
local HTTPD = poe.filter.HTTPD

local function show(list)
  local words = {}
  for i, r in ipairs(list) do
    if r.status then
      words[i] = "refused " .. r.status
    else
      local parts = { r.method, r.uri, r.version, "<" .. r.content .. ">" }
      for _, name in ipairs { "host", "x-a", "content-length" } do
        if r.headers[name] then parts[#parts + 1] = name .. "=" .. r.headers[name] end
      end
      words[i] = table.concat(parts, " ")
    end
  end
  return table.concat(words, "; ")
end
local function feed(name, ...)
  local filter, words = HTTPD.new { max_content = 10 }, {}
  for i, chunk in ipairs { ... } do words[i] = show(filter:get { chunk }) end
  print(name .. ": " .. table.concat(words, " | "))
end
feed("get", "GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
feed("cut", "GE", "T /a HT", "TP/1.1\r\nHost: h\r", "\n\r\n")
feed("line feeds", "GET /a HTTP/1.1\nHost: h\n\n")
feed("blank lines", "\r\n\r\n", "\nGET /a HTTP/1.0\r\n\r\n")
feed("no version", "GET /a\r\n\r\n")
feed("slashes", "GET ///a//b HTTP/1.1\r\n\r\n")
feed("continued", "GET /a HTTP/1.1\r\nX-A: 1\r\n  2\r\n\t3\r\nHost: h\r\n\r\n")
feed("twice", "GET /a HTTP/1.1\r\nX-A: 1\r\nX_a: 2\r\n\r\n")
feed("pipelined", "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n")
feed("content", "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", "cd", "e\r\nGET /b HTTP/1.1\r\n\r\n")
feed("no content", "POST /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
feed("no line", "nonsense\r\n\r\n")
feed("no number", "POST /a HTTP/1.1\r\nContent-Length: five\r\n\r\n")
feed("no length", "POST /a HTTP/1.1\r\nContent-Encoding: gzip\r\n\r\n")
feed("no length 1.0", "POST /a HTTP/1.0\r\nContent-Encoding: gzip\r\n\r\n")
feed("too long", "POST /a HTTP/1.1\r\nContent-Length: 11\r\n\r\n")
feed("just so", "POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123456789")
local filter = HTTPD.new()
filter:get { "GET /" }
print("pending <" .. filter:get_pending()[1] .. "> " .. (filter:clone():get_pending() and "some" or "none"))
for _, reason in ipairs { "Fine", "OK" } do
  local bytes = filter:put { { status = 200, reason = reason, version = "HTTP/1.1", content = "abc",
    headers = { ["content-type"] = "text/plain", ["content-length"] = 3 } } }[1]
  local head, body = bytes:match "^(.-)\r\n\r\n(.*)$"
  print((head:gsub("\r\n", " | ")) .. " | " .. body)
end
