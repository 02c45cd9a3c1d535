-- An HTTP fetch in ten lines: poe lua/examples/fetch.lua HOST PORT PATH, or of a page served here.
local poe = require "poe"

local function fetch(host, port, path)
  local wheel <close> = assert(poe.connect(host, port))
  wheel:put("GET " .. path .. " HTTP/1.0", "Host: " .. host, "")
  local status = wheel:get()
  repeat local header = wheel:get() until not header or header == ""
  wheel:set_filter(poe.filter.Stream.new())
  local body = {}
  for data in wheel.get, wheel do body[#body + 1] = data end
  return status, table.concat(body)
end

local host, port, path, server = arg[1], tonumber(arg[2] or 80), arg[3] or "/", nil
if not host then
  server = assert(poe.listen("127.0.0.1", 0, function(wheel)
    local request = wheel:get()
    wheel:put("HTTP/1.0 200 OK", "Content-Type: text/plain", "")
    wheel:set_output_filter(poe.filter.Stream.new())
    wheel:put("You asked: " .. request)
  end))
  host, port = server:getsockname()
end
local status, body = poe.with_timeout(10, fetch, host, port, path)
print(status)
print(body)
if server then server:close() end

-- prints:
-- HTTP/1.0 200 OK
-- You asked: GET / HTTP/1.0
