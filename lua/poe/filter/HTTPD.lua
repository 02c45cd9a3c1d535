--- HTTPD: HTTP requests in, responses out: the server's side (R345).
---
--- A request is read in one pass: up to the blank line nothing is looked at but for line ends, and
--- the head is taken apart when it is there.  What breaks the rules becomes a response record, to be
--- put and the connection closed: where the next request would begin is unknown then, so the filter
--- takes nothing that follows.
local core = ...
local require = require or core.require
if type(core) ~= "table" then core = {} end --- this file is loaded by itself
local http_head, http_whole, http_response = core.http_head, core.http_whole, core.http_response
local filter = require "poe.filter"
local find, sub, byte, match, lower, gsub = string.find, string.sub, string.byte, string.match,
  string.lower, string.gsub
local concat = table.concat
local fail, more, pile = filter.fail, filter.more, filter.pile

---@class poe.filter.HTTPD: poe.filter
---@field private phase fun(self: poe.filter.HTTPD): any  goes on with the text; gives a record or nil
---@field private parts string[]   of the head, or the line, that is coming
---@field private since string     what came after the last LF in parts: "", "\r" or "x" for any other
---@field private started boolean  the head has begun: there was more than blank lines
---@field private head string      of the request whose content is coming, as it came
---@field private request table?   that request
---@field private body string[]    the content that has come
---@field private size integer     ... how many bytes that is
---@field private line integer     how many bytes of a line are in parts
---@field private left integer     how many bytes of the content, or the chunk, are still to come
local HTTPD = filter.class "HTTPD"

local CR <const>, SPACE <const>, TAB <const> = 13, 32, 9
local LONGEST_LINE <const> = 4096 --- of a chunk's size with its extensions
local KNOWN = { max_content = "size", max_buffer = "size", max_header = "size", streaming = "boolean" }

local reasons = {
  [100] = "Continue", [101] = "Switching Protocols", [102] = "Processing", [103] = "Early Hints",
  [200] = "OK", [201] = "Created", [202] = "Accepted", [203] = "Non-Authoritative Information",
  [204] = "No Content", [205] = "Reset Content", [206] = "Partial Content", [207] = "Multi-Status",
  [300] = "Multiple Choices", [301] = "Moved Permanently", [302] = "Found", [303] = "See Other",
  [304] = "Not Modified", [305] = "Use Proxy", [307] = "Temporary Redirect", [308] = "Permanent Redirect",
  [400] = "Bad Request", [401] = "Unauthorized", [402] = "Payment Required", [403] = "Forbidden",
  [404] = "Not Found", [405] = "Method Not Allowed", [406] = "Not Acceptable",
  [407] = "Proxy Authentication Required", [408] = "Request Timeout", [409] = "Conflict", [410] = "Gone",
  [411] = "Length Required", [412] = "Precondition Failed", [413] = "Request Entity Too Large",
  [414] = "URI Too Long", [415] = "Unsupported Media Type", [416] = "Range Not Satisfiable",
  [417] = "Expectation Failed", [418] = "I'm a teapot", [421] = "Misdirected Request",
  [422] = "Unprocessable Entity", [423] = "Locked", [424] = "Failed Dependency", [425] = "Too Early",
  [426] = "Upgrade Required", [428] = "Precondition Required", [429] = "Too Many Requests",
  [431] = "Request Header Fields Too Large", [451] = "Unavailable For Legal Reasons",
  [500] = "Internal Server Error", [501] = "Not Implemented", [502] = "Bad Gateway",
  [503] = "Service Unavailable", [504] = "Gateway Timeout", [505] = "HTTP Version Not Supported",
  [507] = "Insufficient Storage", [511] = "Network Authentication Required",
}

-- the head -------------------------------------------------------------------------------------

--- After a refusal: takes all, gives nothing.
local function read_nothing(self)
  self.pos = #self.text + 1
end

--- The response to what breaks the rules.  `request`: as far as it could be read.
local function refuse(self, status, details, request)
  self:forget()
  self.phase = read_nothing
  local title = ("Error %d: %s"):format(status, reasons[status])
  local content = ("<html><head><title>%s</title></head><body><h1>%s</h1><p>%s</p></body></html>")
    :format(title, title, details)
  return {
    status = status, reason = reasons[status], content = content, request = request,
    headers = {
      ["content-type"] = "text/html", ["content-length"] = tostring(#content), connection = "close",
    },
  }
end

--- Puts a header where it belongs.  One that comes again waits in pieces, joined when all are there,
--- so that a thousand of the same name cost no more than others.
local function add_piece(headers, pieces, name, glue, value)
  if byte(value, -1) == SPACE or byte(value, -1) == TAB then value = match(value, "^(.-)[ \t]*$") end
  local before = headers[name]
  if not before then
    headers[name] = value
    return pieces
  end
  pieces = pieces or {}
  local list = pieces[name] or { before }
  pieces[name] = list
  list[#list + 1] = glue
  list[#list + 1] = value
  return pieces
end

local function header_name(name)
  name = lower(name)
  return find(name, "_", 1, true) and gsub(name, "_", "-") or name
end

local function joined(headers, pieces)
  for name, list in pairs(pieces or {}) do headers[name] = concat(list) end
  return headers
end

--- Header lines that are not all plain ones: continuations, and what breaks the rules.
local function parse_odd_headers(head, pos)
  local headers, pieces, last = {}, nil, nil
  for line in head:gmatch("([^\n]*)\n", pos) do
    if byte(line, -1) == CR then line = sub(line, 1, -2) end
    if line == "" then break end
    if find(line, "[\r\0]") then return nil, "A header has a CR or NUL in it." end
    local name, value = match(line, "^([%w!#$%%&'*+%-.^_`|~]+):[ \t]*(.*)$")
    if name then
      last = header_name(name)
      pieces = add_piece(headers, pieces, last, ", ", value)
    else
      value = match(line, "^[ \t]+(.*)$")
      if not (value and last) then return nil, "Header line parse failure." end
      pieces = add_piece(headers, pieces, last, " ", value)
    end
  end
  return joined(headers, pieces)
end

--- The header lines of a head from `pos` on, by lower-case name; nil and what is wrong.
local function parse_headers(head, pos)
  local headers, pieces = {}, nil
  for from, name, value, next_line in
    head:gmatch("()([%w!#$%%&'*+%-.^_`|~]+):[ \t]*([^\r\n\0]*)\r?\n()", pos) do
    if from ~= pos then break end
    pos = next_line
    pieces = add_piece(headers, pieces, header_name(name), ", ", value)
  end
  if #head - pos > 1 then return nil end
  return joined(headers, pieces)
end

local read_head, read_content, read_chunk_size

--- The filter is between requests again.
local function ready(self)
  self.phase, self.started, self.since = read_head, false, ""
  self.head, self.request, self.line, self.kept = "", nil, 0, 0
  if not self.parts or self.parts[1] then self.parts = {} end
  if self.size > 0 then self.body, self.size = {}, 0 end
end

local function at_least_1_1(version)
  local major, minor = match(version, "(%d+)%.(%d+)")
  return tonumber(major) > 1 or tonumber(major) == 1 and tonumber(minor) >= 1
end

--- The request of a head, or nothing but the refusal.
local function parse_head(self, head)
  local line, after = match(head, "^([^\n]*)\n()")
  local method, uri, rest = match(line, "^([%w_]+)[ \t]+(%S+)(.*)$")
  if not method then return nil, refuse(self, 400, "Request line parse failure.") end
  local request = {
    method = method,
    uri = byte(uri, 2) == 47 and gsub(uri, "^//+", "/") or uri,
    version = match(rest, "^[ \t]+(HTTP/%d+%.%d+)") or "HTTP/0.9",
  }
  local headers, wrong = parse_headers(head, after), nil
  if not headers then headers, wrong = parse_odd_headers(head, after) end
  if not headers then return nil, refuse(self, 400, wrong, request) end
  request.headers = headers
  return request
end

--- A whole head, its request parsed: gives that when it has no content, or the refusal, or nil.  The head is the text
--- from `start` up to `pos`, or `head`.
local function take_head(self, request, start, head)
  local headers = request.headers
  local coding, length = headers["transfer-encoding"], headers["content-length"]
  if coding then
    if length then return refuse(self, 400, "Both Content-Length and Transfer-Encoding.", request) end
    if lower(coding) ~= "chunked" then
      return refuse(self, 501, "Transfer-Encoding is not chunked.", request)
    end
    if not at_least_1_1(request.version) then
      return refuse(self, 400, "Transfer-Encoding before HTTP/1.1.", request)
    end
  elseif length then
    local digits = match(length, "^0*(%d+)$")
    if not digits then return refuse(self, 400, "Content-Length is not a number.", request) end
    length = #digits <= 15 and math.tointeger(digits) or math.maxinteger
    if length > (self.streaming and 1 << 50 or self.max_content) then
      return refuse(self, 413, ("Content of %s octets not accepted."):format(digits), request)
    end
  elseif headers["content-encoding"] and at_least_1_1(request.version) then
    return refuse(self, 411, "No content length found.", request)
  end

  ready(self)
  if not coding and (length or 0) == 0 then
    request.content = ""
    return request
  end
  self.phase, self.left = coding and read_chunk_size or read_content, length or 0
  if self.streaming then return request end
  head = head or sub(self.text, start, self.pos - 1)
  self.request, self.head, self.kept = request, head, #head
end

function read_head(self)
  local text, pos = self.text, self.pos
  if not self.started then
    if http_head then -- whole and plain, as most are
      local request, after = http_head(text, pos)
      if request and after - pos <= self.max_header then
        self.pos = after
        return take_head(self, request, pos)
      end
    end
    pos = find(text, "%S", pos)
    if not pos then
      self.pos = #text + 1
      return
    end
    self.started = true
  end
  local start, since = pos, self.since
  local stop
  repeat
    stop = find(text, "\n", pos, true)
    if not stop then break end
    local length = stop - pos
    local blank = since ~= "x"
      and (length == 0 or since == "" and length == 1 and byte(text, pos) == CR)
    pos, since = stop + 1, ""
  until blank
  local size = self.kept + (stop or #text) - start + 1
  if size > self.max_header then
    fail(self, "EMSGSIZE", "HTTPD: max_header is %d bytes, got %d", self.max_header, size)
  end
  self.pos = (stop or #text) + 1
  if not stop then
    local rest = #text - pos + 1
    if rest > 0 then since = since == "" and rest == 1 and byte(text, pos) == CR and "\r" or "x" end
    self.since, self.kept = since, size
    pile(self.parts, sub(text, start))
    return
  end
  local head = sub(text, start, stop)
  if self.kept > 0 then
    self.parts[#self.parts + 1] = head
    head = concat(self.parts)
  end
  local request, refusal = parse_head(self, head)
  if not request then return refusal end
  return take_head(self, request, start, head)
end

-- the content ----------------------------------------------------------------------------------

--- Takes as much content as there is, `left` at most: gives a piece when it streams.
local function take_content(self)
  local from = self.pos
  local piece = sub(self.text, from, from + self.left - 1)
  self.pos, self.left = from + #piece, self.left - #piece
  if self.streaming then return piece end
  pile(self.body, piece)
  self.size, self.kept = self.size + #piece, self.kept + #piece
end

--- The request with its content.
local function complete(self)
  local request = self.request
  if request then request.content = concat(self.body) end
  ready(self)
  return request
end

function read_content(self)
  local piece = take_content(self)
  if self.left > 0 then return piece end
  return complete(self) or piece
end

--- A line without its end; nil when it is not there yet.
local function take_line(self, limit)
  local stop = find(self.text, "\n", self.pos, true)
  local piece = sub(self.text, self.pos, stop or -1)
  self.pos = self.pos + #piece
  self.line, self.kept = self.line + #piece, self.kept + #piece
  if self.line > limit then
    fail(self, "EMSGSIZE", "HTTPD: a line must take at most %d bytes, got %d", limit, self.line)
  end
  pile(self.parts, piece)
  if not stop then return nil end
  local line = concat(self.parts)
  self.parts, self.line, self.kept = {}, 0, self.kept - self.line
  return match(line, "^(.-)\r?\n$")
end

local read_chunk, read_chunk_end, read_trailer

function read_chunk_size(self)
  local line = take_line(self, LONGEST_LINE)
  if not line then return end
  local digits = match(line, "^0*(%x+)[ \t]*$") or match(line, "^0*(%x+)[ \t]*;")
  if not digits then return refuse(self, 400, "Chunk size is not a number.", self.request) end
  local size = #digits <= 12 and tonumber(digits, 16) or math.maxinteger
  if size > (self.streaming and 1 << 50 or self.max_content - self.size) then
    return refuse(self, 413, "Content in chunks not accepted: too long.", self.request)
  end
  self.left = size
  self.phase = size == 0 and read_trailer or read_chunk
end

function read_chunk(self)
  local piece = take_content(self)
  if self.left == 0 then self.phase = read_chunk_end end
  return piece
end

function read_chunk_end(self)
  local line = take_line(self, LONGEST_LINE)
  if not line then return end
  if line ~= "" then return refuse(self, 400, "Chunk longer than its size.", self.request) end
  self.phase = read_chunk_size
end

--- Trailers are read and dropped.
function read_trailer(self)
  local line = take_line(self, self.max_header)
  if not line then return end
  self.left = self.left + #line -- of all trailers, here
  if self.left > self.max_header then
    fail(self, "EMSGSIZE", "HTTPD: max_header is %d bytes, got %d", self.max_header, self.left)
  end
  if line == "" then return complete(self) or "" end
end

-- the filter -----------------------------------------------------------------------------------

---@private
function HTTPD:forget()
  filter.empty(self)
  self.body, self.size, self.left = {}, 0, 0
  ready(self)
  return self
end

--- Records coming in are requests, tables of `method`, `uri` (with // at its beginning made /),
--- `version` ("HTTP/1.1"; "HTTP/0.9" when the line has none), `headers` and `content` ("" for none).
--- `headers` is by lower-case name with "-" for "_"; one that came several times is joined by ", ".
--- A record with `status` is no request but the response to one that breaks the rules: 400, 411, 413
--- or 501, ready to put; nothing follows it.  Content may come in chunks (POE cannot read that);
--- trailers are dropped.
---@class poe.filter.HTTPD.options
---@field max_header? integer   how long request line and headers may be, 64 KiB by default
---@field max_buffer? integer   how much is held in all, 512 MiB by default; above these two: an error
---@field max_content? integer  how long a request's content may be, 1 MiB; above it: a 413 record
---@field streaming? boolean    a request comes before its content, without `content`; that follows in
---                             pieces, strings, whatever max_content; an empty one ends chunks

---@param opts? poe.filter.HTTPD.options
---@return poe.filter.HTTPD
function HTTPD.new(opts)
  opts = filter.options("HTTPD", opts, KNOWN)
  local max_content = opts.max_content
    or math.min(1 << 20, math.max(1, (opts.max_buffer or 1 << 40) - 8))
  local least = max_content + #tostring(max_content) + 1
  local max_buffer = opts.max_buffer or math.max(512 << 20, least)
  if max_buffer < least then
    error(("HTTPD: max_buffer must be at least max_content and its length, %d, got %d")
      :format(least, max_buffer), 2)
  end
  return HTTPD.forget(setmetatable({ max_content = max_content, max_buffer = max_buffer,
    max_header = opts.max_header or 64 << 10, streaming = opts.streaming or false }, HTTPD))
end

---@return poe.filter.HTTPD
function HTTPD:clone()
  return HTTPD.forget(setmetatable({ max_content = self.max_content, max_buffer = self.max_buffer,
    max_header = self.max_header, streaming = self.streaming }, HTTPD))
end

---@param chunks string[]
function HTTPD:get_one_start(chunks)
  if self.phase == read_nothing then return end
  local held = filter.feed(self, "HTTPD", chunks)
  if held then
    fail(self, "EMSGSIZE", "HTTPD: max_buffer is %d bytes, got %d", self.max_buffer, held)
  end
end

---@return table[]  a request, a response to refuse one, a piece of content, or none
function HTTPD:get_one()
  if self.broken then error(self.broken, 0) end
  while self.pos <= #self.text or more(self) do
    local record = self:phase()
    if record then return { record } end
  end
  return {}
end

--- The request that a read has brought, when it is all there is and plain; nil: nothing is taken.  For ReadWrite, with
--- the same end as get_one_start and get_one.
---@private
function HTTPD:get_whole(data)
  if self.phase == read_head and not self.started and self.pos > #self.text and self.input_size == 0
    and not self.broken and #data <= self.max_buffer then
    return http_whole and http_whole(data, self.max_header)
  end
end

--- What of a request has come.  Content that came in chunks is written as one.
---@return string[]?
function HTTPD:get_pending()
  local phase = self.phase
  local body, rest = concat(self.body), concat(self.parts) .. filter.left(self)
  if self.streaming or phase == read_head or phase == read_content then
    return filter.pending(self.head .. body .. rest)
  end
  local left = phase == read_chunk and self.left or 0
  if self.size + left > 0 then
    body = ("%x\r\n"):format(self.size + left) .. body
    if phase == read_chunk_size or phase == read_trailer then body = body .. "\r\n" end
  end
  if phase == read_trailer then body = body .. "0\r\n" end
  return filter.pending(self.head .. body .. rest)
end

-- writing --------------------------------------------------------------------------------------

--- As an error message ends with it.
local function shown(value)
  return type(value) == "string" and ("%q"):format(value) or type(value)
end

local proper, proper_count = {}, 0

--- A header's name as it is written: "content_length" as "Content-Length".
local function proper_name(name)
  local known = proper[name]
  if known then return known end
  if type(name) ~= "string" or not find(name, "^[%w!#$%%&'*+%-.^_`|~]+$") then
    filter.misuse("HTTPD: a header's name must be a word, got %s", shown(name))
  end
  known = gsub(gsub(lower(name), "_", "-"), "%f[%w]%a", string.upper)
  if proper_count < 256 then
    proper_count = proper_count + 1
    proper[name] = known
  end
  return known
end

--- Whether it would break out of its line.
local function breaks(value)
  return find(value, "%c") and find(value, "[\r\n\0]")
end

--- Puts "Name: value" behind the n lines there are.
local function add_header(lines, n, name, value)
  local kind = type(value)
  if kind == "table" then
    for i = 1, #value do n = add_header(lines, n, name, value[i]) end
    return n
  elseif kind ~= "string" and kind ~= "number" then
    filter.misuse("HTTPD: header %s must be a string, got %s", name, kind)
  elseif kind == "string" and breaks(value) then
    filter.misuse("HTTPD: header %s must be one line, got %q", name, value)
  end
  lines[n + 1] = name .. ": " .. value
  return n + 1
end

--- Puts all of them behind the n lines; returns how many there are, and whether one says where the content ends.
local function header_lines(response, lines, n)
  local headers, framed = response.headers, false
  if headers == nil then return n, framed end
  if type(headers) ~= "table" then
    filter.misuse("HTTPD: headers must be a table, got %s", type(headers))
  end
  local first = n + 1
  for name, value in pairs(headers) do
    local known, before = proper_name(name), n
    n = add_header(lines, n, known, value)
    framed = framed or n > before and (known == "Content-Length" or known == "Transfer-Encoding")
  end
  if n > first then -- the same order each time, but of equal names the one they are in
    local place = {}
    for i = first, n do place[lines[i]] = i end
    local sorted = table.move(lines, first, n, 1, {})
    table.sort(sorted, function(a, b)
      local x, y = match(a, "^[^:]*"), match(b, "^[^:]*")
      if x ~= y then return x < y end
      return place[a] < place[b]
    end)
    table.move(sorted, 1, #sorted, first, lines)
  end
  return n, framed
end

--- The header lines of a response, "Content-Type: text/html", in the order of their names.
---@param response table
---@return string[]
function HTTPD:headers_as_strings(response)
  if type(response) ~= "table" then
    filter.misuse("HTTPD: a response must be a table, got %s", type(response))
  end
  local lines = {}
  header_lines(response, lines, 0)
  return lines
end

--- "HTTP/1.1 200 OK", by its status.
local usual_lines = {}
for status, reason in pairs(reasons) do usual_lines[status] = ("HTTP/1.1 %d %s"):format(status, reason) end
if core.http_lines then core.http_lines(usual_lines) end

local function status_line(status, reason, version)
  local usual = reasons[status] or "Unknown Error"
  if version == nil and (reason == nil or reason == usual) and usual_lines[status] then
    return usual_lines[status]
  end
  if reason == nil or reason == "" then
    reason = usual
  elseif reason ~= usual then
    if type(reason) ~= "string" or breaks(reason) then
      filter.misuse("HTTPD: reason must be one line, got %s", shown(reason))
    end
    reason = "(" .. usual .. ") " .. reason
  end
  version = version or "HTTP/1.1"
  if version ~= "HTTP/1.1" and (type(version) ~= "string" or not find(version, "^HTTP/%d+%.%d+$")) then
    filter.misuse("HTTPD: version must be like HTTP/1.1, got %s", tostring(version))
  end
  return version .. " " .. status .. " " .. reason
end

--- What is sent of a response that is not plain.
local function written(response, i)
  if type(response) ~= "table" then
    filter.misuse("HTTPD: record %d must be a response, got %s", i, type(response))
  end
  local status = math.tointeger(response.status)
  local content = response.content or ""
  if not status or status < 100 or status > 999 then
    filter.misuse("HTTPD: status must be an integer of 100 to 999, got %s", tostring(response.status))
  end
  if type(content) == "number" then content = tostring(content) end
  if type(content) ~= "string" then
    filter.misuse("HTTPD: content must be a string, got %s", type(content))
  end
  local lines = { status_line(status, response.reason, response.version) }
  local n, framed = header_lines(response, lines, 1)
  framed = framed or status < 200 or status == 204 or status == 304
  if not framed then lines[n + 1] = "Content-Length: " .. #content end
  return concat(lines, "\r\n") .. "\r\n\r\n" .. content
end

--- Writes responses, tables of `status`, `reason`, `headers` and `content`, all but the first
--- optional; `version` is "HTTP/1.1" by default (POE: 1.0).  Header names may be in any case; a list
--- as value is a header several times.  Content-Length is added when neither it nor
--- Transfer-Encoding is there and the status may have content.  A reason of one's own stands behind
--- the usual one: "200 (OK) Fine" (R345).
---@param records table[]
---@return string[]
function HTTPD:put(records)
  filter.check_records("HTTPD", records)
  local chunks = {}
  for i = 1, #records do
    local response = records[i]
    chunks[i] = http_response and http_response(response) or written(response, i)
  end
  return chunks
end

return HTTPD
