-- A web server: poe lua/examples/http_hello.lua PORT; without a port it asks itself, and ends.
local poe = require "poe"

local port
poe.component.server.TCP.new {
  alias = "web", address = "127.0.0.1", port = tonumber(arg[1]) or 0, client_filter = poe.filter.HTTPD,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_input = function(request)
    if request.status then -- what could not be read as a request comes as its answer
      HEAP.client:put(request)
      return yield "shutdown"
    end
    HEAP.client:put {
      status = 200, headers = { ["Content-Type"] = "text/plain" },
      content = ("%s %s, %d bytes: hello\n"):format(request.method, request.uri, #(request.content or "")),
    }
    if request.version ~= "HTTP/1.1" or request.headers.connection == "close" then yield "shutdown" end
  end,
}

if not arg[1] then
  local wheel <close> = assert(poe.connect("127.0.0.1", port))
  wheel:put("POST /greeting HTTP/1.1", "Host: here", "Connection: close", "Content-Length: 2", "", "hi")
  repeat local line = wheel:get() until line == ""
  print((wheel:get()))
  post("web", "shutdown")
end

-- prints:
-- POST /greeting, 2 bytes: hello
