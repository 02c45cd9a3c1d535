--- Reference: Lua values between programs, in MessagePack (see msgpack.lua for what becomes what).
---
--- A MessagePack value tells where it ends, so records follow each other with nothing between.  A
--- serializer of the script's own, or compression, frames each record as POE does: its length in
--- digits, NUL, data (R343); Block does that.
local require = require or (...).require
local filter = require "poe.filter"
local msgpack = require "poe.msgpack"
local sub, concat = string.sub, table.concat
local decode, scan = msgpack.decode, msgpack.scan
local more, available = filter.more, filter.available

---@class poe.filter.Reference: poe.filter
---@field private parts string[]            of the record that is coming: `kept` bytes, passed by scan
---@field private scan poe.msgpack.scan?    finds that record's end; nil between records
---@field private framed poe.filter.Block?  frames the records of a serializer
---@field private report any                the record that tells of an error in get_one_start
local Reference = filter.class "Reference"

--- What a nil that another program sent is here; put sends it as nil.
Reference.null = msgpack.null
Reference.ext = msgpack.ext

local KNOWN = { serializer = "any", compression = "table", no_fatals = "boolean", max_buffer = "size",
  max_depth = "size" }
local DEEPEST <const> = 1000

--- What stands for a record that could not be read, with no_fatals.
---@class poe.filter.Reference.problem
---@field code "EMSGSIZE"|"EBADMSG"
---@field message string
local Problem = { __name = "poe.filter.Reference.problem" }
function Problem:__tostring() return self.message end

--- A record that cannot be read.  `lost`: nor can what follows it.
local function refuse(self, code, text, lost)
  text = "Reference: " .. text
  if not self.no_fatals then filter.fail(self, code, "%s", text) end
  local problem = setmetatable({ code = code, message = code .. ": " .. text }, Problem)
  if lost then
    self:forget()
    self.broken = problem.message
  end
  return { problem }
end

-- making one -----------------------------------------------------------------------------------

local function check_pair(what, pair, one, other)
  for _, name in ipairs { one, other } do
    if not filter.callable(pair[name]) then
      filter.misuse("Reference: %s.%s must be a function, got %s", what, name, type(pair[name]))
    end
  end
end

--- The two functions of a serializer, a table or the name of a module.
local function find_serializer(serializer)
  if serializer == nil then return nil end
  if type(serializer) == "string" then
    local ok, module = pcall(require, serializer)
    if not ok then
      filter.misuse("Reference: serializer must be a module or a table, got %q (%s)", serializer,
        tostring(module):match "^[^\n]*")
    end
    serializer = module
  end
  if type(serializer) ~= "table" then
    filter.misuse("Reference: serializer must be a module or a table, got %s", type(serializer))
  end
  local pair = { freeze = serializer.nfreeze or serializer.freeze, thaw = serializer.thaw }
  check_pair("serializer", pair, "freeze", "thaw")
  return pair
end

---@private
function Reference:forget()
  self.parts, self.scan, self.report = {}, nil, nil
  if self.framed then self.framed = self.framed:clone() end
  return filter.empty(self)
end

--- `serializer`: a table, or the name of a module, with `freeze(value)` → string (or `nfreeze`) and
--- `thaw(string)` → value, in place of MessagePack.  `compression`: two functions, each string →
--- string; Lua brings none.
---
--- With `no_fatals` what cannot be read becomes a record instead of an error: a table of `code` and
--- `message`, whose tostring is the message (a string could be data).  The filter goes on behind it;
--- but once it cannot tell where the next record begins it ignores all input.
---@class poe.filter.Reference.options
---@field serializer? table|string
---@field compression? { compress: (fun(data: string): string), uncompress: (fun(data: string): string) }
---@field no_fatals? boolean
---@field max_buffer? integer  how much is held in all, and the longest record, as sent: 64 MiB (POE: 512)
---@field max_depth? integer   how deep tables may nest, 64 by default, 1000 at most

--- Beware of max_buffer: the values may take more memory than their bytes, an empty table 56 for one.
---@param opts? poe.filter.Reference.options
---@return poe.filter.Reference
function Reference.new(opts)
  opts = filter.options("Reference", opts, KNOWN)
  local serializer, compression = find_serializer(opts.serializer), opts.compression
  if compression then check_pair("compression", compression, "compress", "uncompress") end
  if opts.max_depth and opts.max_depth > DEEPEST then
    error(("Reference: max_depth must be at most %d, got %d"):format(DEEPEST, opts.max_depth), 2)
  end
  local max_buffer = opts.max_buffer or 64 << 20
  local framed
  if serializer or compression then
    local longest = max_buffer - #tostring(max_buffer) - 1
    if longest < 1 then
      error(("Reference: max_buffer must be at least 4 with a serializer, got %d"):format(max_buffer), 2)
    end
    framed = require "poe.filter.Block".new { max_length = longest, max_buffer = max_buffer }
  end
  return Reference.forget(setmetatable({
    serializer = serializer, compression = compression, framed = framed,
    no_fatals = opts.no_fatals or false, max_buffer = max_buffer, max_depth = opts.max_depth or 64,
  }, Reference))
end

---@return poe.filter.Reference
function Reference:clone()
  return Reference.forget(setmetatable({
    serializer = self.serializer, compression = self.compression, framed = self.framed,
    no_fatals = self.no_fatals, max_buffer = self.max_buffer, max_depth = self.max_depth,
  }, Reference))
end

-- reading --------------------------------------------------------------------------------------

---@param chunks string[]
function Reference:get_one_start(chunks)
  if self.broken and self.no_fatals then return end
  local held = filter.feed(self, "Reference", chunks)
  if held then
    self.report = refuse(self, "EMSGSIZE",
      ("max_buffer is %d bytes, got %d"):format(self.max_buffer, held), true)
  end
end

--- A record of MessagePack.
local function get_packed(self)
  if not self.scan then
    if self.pos > #self.text and not more(self) then return {} end
    local value, after, wrong = decode(self.text, self.pos, self.max_depth)
    if not after and not wrong and more(self) then
      value, after, wrong = decode(self.text, self.pos, self.max_depth)
    end
    if after then
      self.pos = after
      return { value }
    end
    self.scan = msgpack.scanner(self.max_buffer, self.max_depth)
  end
  more(self)
  local from = self.pos
  local pos, done, code, why = scan(self.scan, self.text, from)
  if code == "EMSGSIZE" then
    return refuse(self, code,
      ("max_buffer is %d bytes, got a record of %d at least"):format(self.max_buffer, why), true)
  elseif code then
    return refuse(self, code, why, true)
  end
  if pos > from then
    filter.pile(self.parts, sub(self.text, from, pos - 1))
    self.kept = self.kept + pos - from
    self.pos = pos
  end
  if not done then return {} end
  local value, after, wrong = decode(concat(self.parts), 1, self.max_depth)
  self.parts, self.kept, self.scan = {}, 0, nil
  if not after then return refuse(self, "EBADMSG", wrong, false) end
  return { value }
end

--- A record of the script's serializer.
local function get_framed(self)
  local ok, frozen = pcall(function()
    if available(self) > 0 then
      self.framed:get_one_start { filter.left(self) }
      filter.empty(self)
    end
    return self.framed:get_one()
  end)
  if not ok then
    local code, text = tostring(frozen):match "^(%u+): Block: (.*)$"
    return refuse(self, code or "EBADMSG", text or tostring(frozen), true)
  end
  local data = frozen[1]
  if not data then return {} end
  local value
  ok, value = pcall(function()
    if self.compression then data = self.compression.uncompress(data) end
    if self.serializer then return self.serializer.thaw(data) end
    local thawed, after, wrong = decode(data, 1, self.max_depth)
    if after == #data + 1 then return thawed end
    error(wrong or after and "bytes behind the value" or "the value ends too early", 0)
  end)
  if not ok then return refuse(self, "EBADMSG", tostring(value), false) end
  return { value == nil and msgpack.null or value }
end

---@return any[]  one value, or none
function Reference:get_one()
  if self.broken then
    if not self.no_fatals then error(self.broken, 0) end
    local report = self.report or {}
    self.report = nil
    return report
  end
  return (self.framed and get_framed or get_packed)(self)
end

--- The bytes of the record that is not complete.
---@return string[]?
function Reference:get_pending()
  local framed = self.framed and self.framed:get_pending()
  return filter.pending((framed and framed[1] or "") .. concat(self.parts) .. filter.left(self))
end

-- writing --------------------------------------------------------------------------------------

--- Raises what cannot be sent, and where it is, like
--- "Reference: record 1: cannot put a function at value.a[3]".
---@param records any[]
---@return string[]
function Reference:put(records)
  filter.check_records("Reference", records)
  local chunks = {}
  for i = 1, #records do
    local data, wrong
    if self.serializer then
      data = self.serializer.freeze(records[i])
      if type(data) ~= "string" then
        filter.misuse("Reference: serializer.freeze must give a string, got %s", type(data))
      end
    else
      data, wrong = msgpack.encode(records[i], self.max_depth, self.max_buffer)
      if not data then filter.misuse("Reference: record %d: cannot put a %s", i, wrong) end
    end
    if self.compression then data = self.compression.compress(data) end
    if self.framed then data = self.framed:put { data }[1] end
    if #data > self.max_buffer then
      filter.misuse("Reference: record %d must take at most %d bytes, got %d", i, self.max_buffer, #data)
    end
    chunks[i] = data
  end
  return chunks
end

return Reference
