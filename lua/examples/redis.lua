-- A client of redis with a filter of its own: poe lua/examples/redis.lua PORT [HOST] sets and gets 10,000 keys.
local poe = require "poe"

local RESP = {} -- what redis speaks: a filter is any object with these methods
RESP.__index = RESP
function RESP.new() return setmetatable({ text = "", at = 1 }, RESP) end
RESP.clone = RESP.new
function RESP:get_pending() return self.at <= #self.text and { self.text:sub(self.at) } or nil end
function RESP:get_one_start(chunks)
  self.text, self.at = self.text:sub(self.at) .. table.concat(chunks), 1
end
function RESP:get_one()
  local kind, line, after = self.text:match("^(.)([^\r\n]*)\r\n()", self.at)
  if not kind then return {} end
  if kind == "$" and line ~= "-1" then
    local last = after + tonumber(line) - 1
    if #self.text < last + 2 then return {} end
    line, after = self.text:sub(after, last), last + 3
  end
  self.at = after
  return { { kind = kind, text = line } }
end
function RESP:put(commands)
  local chunks = {}
  for i, words in ipairs(commands) do
    local parts = { ("*%d\r\n"):format(#words) }
    for _, word in ipairs(words) do parts[#parts + 1] = ("$%d\r\n%s\r\n"):format(#word, word) end
    chunks[i] = table.concat(parts)
  end
  return chunks
end

if not arg[1] then return print "redis.lua: say the port of a redis server" end
local N <const> = 10000

poe.component.client.TCP.new {
  remote_address = arg[2] or "127.0.0.1", remote_port = tonumber(arg[1]), filter = RESP,
  connected = function()
    HEAP.answers = 0
    HEAP.server:put { "PING" }
    for i = 1, N do HEAP.server:put { "SET", "key" .. i, "value " .. i } end
    for i = 1, N do HEAP.server:put { "GET", "key" .. i } end
  end,
  server_input = function(answer)
    HEAP.answers = HEAP.answers + 1
    local i = HEAP.answers - N - 1
    if HEAP.answers == 1 then print("PING: " .. answer.text) end
    if i > 0 and answer.text ~= "value " .. i then print("wrong: " .. answer.text) end
    if i == N then
      print(N .. " keys set and got")
      yield "shutdown"
    end
  end,
}

-- prints:
-- redis.lua: say the port of a redis server
