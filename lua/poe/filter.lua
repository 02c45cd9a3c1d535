--- Filters: bytes in, records out, and back.  What they share, and the door to each of them.
---
--- A filter is any object with these methods; it knows no kernel and does no I/O:
---
---     get_one_start(chunks)   takes a list of pieces as they were read
---     get_one()               a list of one record, or of none: more input is needed
---     get(chunks)             both: the list of all records there are now
---     put(records)            the list of chunks to write
---     get_pending()           a list of what is held and not yet a record, nil when nothing is
---     clone()                 a new filter of the same settings that holds nothing (R344)
---     finish()                at the end of input: the list of records that its end completes
---                             (Line's `final`); a filter without this method has none
---
--- `poe.filter` itself is the base: a filter of a script's own may inherit `get` and `finish`.
---
--- Errors.  Each filter that keeps input has a limit on how much; a peer that sends more makes
--- get_one_start, get_one or get raise a string that begins with "EMSGSIZE: ", and one that sends
--- what cannot be read one that begins with "EBADMSG: ".  These have no position.  From then on the
--- filter holds nothing and raises the same error again at each call that takes or gives input:
--- after a lost frame nothing behind it can be trusted.  put and clone work on.  What `get` had
--- found before it in the same call is lost with it; get_one gives that first.
local require = require or (...).require

---@class poe.filter
---@field Block poe.filter.Block
---@field Grep poe.filter.Grep
---@field HTTPD poe.filter.HTTPD
---@field Line poe.filter.Line
---@field Map poe.filter.Map
---@field RecordBlock poe.filter.RecordBlock
---@field Reference poe.filter.Reference
---@field Stackable poe.filter.Stackable
---@field Stream poe.filter.Stream
local filter = {}

local concat, sub = table.concat, string.sub

--- A filter of its own has a new(); the base has none (POE::Filter->new croaks).
function filter.new()
  error("filter: not meant to be used directly, got no name as in poe.filter.Line", 2)
end

---@param chunks any[]
---@return any[] records
function filter:get(chunks)
  self:get_one_start(chunks)
  local records, n = {}, 0
  while true do
    local more = self:get_one()
    if #more == 0 then return records end
    for i = 1, #more do
      n = n + 1
      records[n] = more[i]
    end
  end
end

---@return any[] records  those that only the end of input completes: none
function filter:finish()
  return {}
end

-- for the filters of this folder ---------------------------------------------------------------

local MOST = 1 << 40 --- no limit or size may be above this: 1 TiB
local SMALL = 4096   --- pieces below this are joined as they come

--- A class of filters.
function filter.class(name)
  local class = setmetatable({ __name = "poe.filter." .. name }, { __index = filter })
  class.__index = class
  return class
end

--- A value as an error message ends with it.
local function found(value)
  if type(value) == "number" then return value ~= value and "nan" or tostring(value) end
  return type(value) == "string" and ("%q"):format(value) or type(value)
end

--- Can it be called?
local function callable(value)
  local mt = getmetatable(value)
  return type(value) == "function" or type(mt) == "table" and mt.__call ~= nil
end
filter.callable = callable

local function check_size(name, field, value, level)
  local problem
  if type(value) ~= "number" then
    error(("%s: %s must be an integer, got %s"):format(name, field, type(value)), level + 1)
  elseif value ~= value or value <= 0 then
    problem = value ~= value and "an integer" or "positive"
  elseif not math.tointeger(value) then
    problem = value > MOST and "at most " .. MOST or "an integer"
  elseif value > MOST then
    problem = "at most " .. MOST
  end
  if problem then
    error(("%s: %s must be %s, got %s"):format(name, field, problem, found(value)), level + 1)
  end
  return math.tointeger(value)
end
filter.check_size = check_size

--- Checks what a constructor was given: each field of `opts` is of the kind that `known` tells,
--- a type's name, "callable", "size" (an integer of 1 to 2^40) or "any".  Raises at the caller of
--- the function that called this.
---@return table  a copy, sizes as integers
function filter.options(name, opts, known)
  if opts == nil then return {} end
  if type(opts) ~= "table" then
    error(("%s: options must be a table, got %s"):format(name, type(opts)), 3)
  end
  local copy, unknown = {}, nil
  for field, value in pairs(opts) do
    local kind = known[field]
    if not kind then
      unknown = unknown and tostring(unknown) < tostring(field) and unknown or field
    elseif kind == "size" then
      copy[field] = check_size(name, field, value, 3)
    elseif kind == "callable" and not callable(value) then
      error(("%s: %s must be a function, got %s"):format(name, field, type(value)), 3)
    elseif kind ~= "any" and kind ~= "callable" and type(value) ~= kind then
      error(("%s: %s must be a %s, got %s"):format(name, field, kind, type(value)), 3)
    else
      copy[field] = value
    end
  end
  if unknown ~= nil then
    error(("%s: unknown field '%s'"):format(name, tostring(unknown)), 3)
  end
  return copy
end


--- Adds a piece to a list that becomes one string later.  Small pieces are joined as they come, so
--- that a megabyte that came byte by byte takes a megabyte; a byte is copied some twelve times.
local function pile(list, piece)
  local size, n = #piece, #list
  local first = n + 1
  while first > 1 and #list[first - 1] <= size and size < SMALL do
    first = first - 1
    size = size + #list[first]
  end
  if first <= n then
    piece = concat(list, "", first, n) .. piece
    for i = n, first + 1, -1 do list[i] = nil end
  end
  list[first] = piece
end
filter.pile = pile

--- Raises when two fields are given that exclude each other.
function filter.exclusive(name, opts, one, ...)
  for _, other in ipairs { ... } do
    if opts[one] ~= nil and opts[other] ~= nil then
      filter.misuse("%s: %s and %s exclude each other, got both", name, one, other)
    end
  end
end

-- A filter of bytes holds: `text` from `pos` on, behind it the pieces of `input` (`input_size` bytes
-- in all), and `kept` bytes elsewhere.

--- Makes a filter empty.  A class that holds more has a `forget` that calls this.
function filter.empty(self)
  self.text, self.pos, self.input, self.input_size, self.kept = "", 1, {}, 0, 0
  self.broken = false
  return self
end

filter.forget = filter.empty

--- How many bytes of text and input are there.
function filter.available(self)
  return #self.text - self.pos + 1 + self.input_size
end

--- Raises what a peer did wrong, now and whenever the filter is used again.
---@param code "EMSGSIZE"|"EBADMSG"
function filter.fail(self, code, format, ...)
  self:forget()
  self.broken = code .. ": " .. format:format(...)
  error(self.broken, 0)
end

--- Raises a mistake of the script's at the line of the script that made it, however many calls of
--- filters lie between.
local function misuse(format, ...)
  local level = 3
  if debug then
    level = 2
    while (debug.getinfo(level, "S") or { source = "" }).source:find "poe/filter/?%a*%.lua$" do
      level = level + 1
    end
  end
  error(format:format(...), level)
end
filter.misuse = misuse

--- Takes chunks in.  Returns nothing, or how much there would be when that is above max_buffer.
function filter.feed(self, name, chunks)
  if self.broken then error(self.broken, 0) end
  if type(chunks) ~= "table" then
    misuse("%s: chunks must be a list of strings, got %s", name, type(chunks))
  end
  local size, n = 0, #chunks
  local only = chunks[1]
  if n == 1 and type(only) == "string" and self.text == "" and self.input_size == 0
    and self.kept + #only <= self.max_buffer then -- as most reads are
    self.text, self.pos = only, 1
    return
  end
  for i = 1, n do
    local chunk = chunks[i]
    if type(chunk) ~= "string" then
      misuse("%s: chunks[%d] must be a string, got %s", name, i, type(chunk))
    end
    size = size + #chunk
  end
  local left = #self.text - self.pos + 1
  local held = self.kept + left + self.input_size + size
  if held > self.max_buffer then return held end
  for i = 1, n do
    if chunks[i] ~= "" then pile(self.input, chunks[i]) end
  end
  self.input_size = self.input_size + size
end

--- Lets go of the text before pos: a filter that waits shall not hold a whole read for a few bytes.
local function compact(self)
  if self.pos > 1 then self.text, self.pos = sub(self.text, self.pos), 1 end
end
filter.compact = compact

--- Brings the pieces of input behind what is left of the text.  False when there are none.
function filter.more(self)
  if self.input_size == 0 then
    compact(self)
    return false
  end
  local input = self.input
  local new = #input == 1 and input[1] or concat(input)
  self.text = self.pos > #self.text and new or sub(self.text, self.pos) .. new
  self.pos, self.input, self.input_size = 1, {}, 0
  return true
end

--- The list that get_pending gives for these bytes.
function filter.pending(bytes)
  if bytes == "" then return nil end
  return { bytes }
end

--- What is left of text and input, as one string.
function filter.left(self)
  return sub(self.text, self.pos) .. concat(self.input)
end

--- The list that put or get_one_start was given.
function filter.check_records(name, records)
  if type(records) ~= "table" then
    misuse("%s: records must be a list, got %s", name, type(records))
  end
  return records
end

--- A record that has to be a string; a number is one too.
function filter.check_bytes(name, i, record)
  if type(record) == "string" then return record end
  if type(record) == "number" then return tostring(record) end
  misuse("%s: record %d must be a string, got %s", name, i, type(record))
end

--- What makes something a filter.
function filter.check_filter(name, what, value)
  if type(value) ~= "table" and type(value) ~= "userdata" then
    misuse("%s: %s must be a filter, got %s", name, what, type(value))
  end
  for _, method in ipairs { "get_one_start", "get_one", "put" } do
    local ok, found_method = pcall(function() return value[method] end)
    if not (ok and callable(found_method)) then
      misuse("%s: %s must be a filter, got a %s without %s", name, what, type(value), method)
    end
  end
end

-- A filter of records holds `queue[first]` to `queue[last]`.

function filter.queue(self)
  self.queue, self.first, self.last = {}, 1, 0
  return self
end

--- Takes records in.
function filter.enqueue(self, name, records)
  filter.check_records(name, records)
  local queue, last = self.queue, self.last
  for i = 1, #records do
    last = last + 1
    queue[last] = records[i]
  end
  self.last = last
end

--- Takes the first out; nil when there is none.
function filter.dequeue(self)
  local first = self.first
  if first > self.last then return nil end
  local record = self.queue[first]
  self.queue[first] = nil
  if first == self.last then
    self.first, self.last = 1, 0
  else
    self.first = first + 1
  end
  return record
end

--- The list that get_pending gives for them.
function filter.queued(self)
  if self.first > self.last then return nil end
  return table.move(self.queue, self.first, self.last, 1, {})
end

--- The functions for both ways, from `code` or `get` and `put`.
function filter.two_ways(name, opts)
  opts = opts or {}
  filter.exclusive(name, opts, "code", "get", "put")
  for _, way in ipairs { "get", "put" } do
    if not (opts[way] or opts.code) then
      misuse("%s: code, or get and put, expected, got no %s", name, way)
    end
  end
  return opts.get or opts.code, opts.put or opts.code
end

-- the filters, each loaded when it is named ----------------------------------------------------

local names = { Stream = true, Line = true, Block = true, Map = true, Grep = true,
  RecordBlock = true, Stackable = true, Reference = true, HTTPD = true }

return setmetatable(filter, { __names = names, __index = function(t, name)
  if not names[name] then return nil end
  local class = require("poe.filter." .. name)
  rawset(t, name, class)
  return class
end })
