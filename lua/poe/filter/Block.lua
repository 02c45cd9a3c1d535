--- Block: blocks of bytes, all of one size (R336) or each behind its length (R335).
local require = require or (...).require
local filter = require "poe.filter"
local find, sub, match = string.find, string.sub, string.match
local fail, available, more = filter.fail, filter.available, filter.more

---@class poe.filter.Block: poe.filter
---@field private expected integer?  the length of the block that is coming
---@field private warned boolean     strange bytes have been told about
local Block = filter.class "Block"

local LONGEST_HEADER <const> = 4096

local KNOWN = { block_size = "size", length_codec = "table", max_length = "size", max_buffer = "size" }

-- lengths --------------------------------------------------------------------------------------

--- The built-in codec: decimal digits and a NUL.  Octets that cannot begin a length are dropped.
local function digits_and_nul(self)
  local text, pos = self.text, self.pos
  local start = find(text, "%d", pos)
  if start ~= pos and pos <= #text then
    if not self.warned then
      self.warned = true
      warn(("Block: dropped %d strange bytes before a length"):format((start or #text + 1) - pos))
    end
    pos = start or #text + 1
    self.pos = pos
  end
  local digits, ending = match(text, "^(%d+)(.?)", pos)
  if not digits then return nil end
  local length = match(digits, "^0*(%d*)$")
  if #length > 16 or #digits > LONGEST_HEADER then
    fail(self, "EMSGSIZE", "Block: max_length is %d bytes, got a length of %d digits", self.max_length,
      #digits)
  elseif ending == "" then
    return nil
  elseif ending ~= "\0" then
    fail(self, "EBADMSG", "Block: a length must end with NUL, got %q", ending)
  end
  self.pos = pos + #digits + 1
  return length == "" and 0 or math.tointeger(length)
end

--- A codec of the script's.  It sees a little first, so that many short blocks in one read do not
--- cost a copy of all the rest each.
local function decode(self)
  local window = 64
  local have = #self.text - self.pos + 1
  while have > 0 do
    local buffer = sub(self.text, self.pos, self.pos + window - 1)
    local length, rest = self.codec.decode(buffer)
    if length ~= nil then
      local bytes = math.tointeger(length)
      if not bytes or bytes < 0 then
        fail(self, "EBADMSG", "Block: length_codec.decode must give a length, got %s", tostring(length))
      elseif type(rest) ~= "string" or sub(buffer, #buffer - #rest + 1) ~= rest then
        fail(self, "EBADMSG", "Block: length_codec.decode must give the rest of the buffer, got %s",
          type(rest) == "string" and ("%q"):format(rest) or type(rest))
      end
      self.pos = self.pos + #buffer - #rest
      return bytes
    end
    if window >= have then break end
    window = window * 2
  end
  if have > LONGEST_HEADER then
    fail(self, "EMSGSIZE", "Block: a length takes at most %d bytes, got %d without one",
      LONGEST_HEADER, have)
  end
  return nil
end

-- the filter -----------------------------------------------------------------------------------

---@private
function Block:forget()
  self.expected, self.warned = nil, false
  return filter.empty(self)
end

--- How lengths are written.  `encode` gives what stands before the data.  `decode` gets bytes and
--- gives the length and the rest of the bytes behind it, or nothing when it needs more: it is asked
--- again then.  A length takes 4096 bytes at most.
---@class poe.filter.Block.codec
---@field encode fun(size: integer): string
---@field decode fun(buffer: string): integer?, string?

---@class poe.filter.Block.options
---@field block_size? integer  all blocks have it; excludes length_codec and max_length
---@field length_codec? poe.filter.Block.codec
---@field max_length? integer  the longest block, 64 MiB by default; refused when its length is read
---@field max_buffer? integer  how much is held in all, 512 MiB by default; room for the longest

--- With `block_size` put does not check its records' sizes, and joins them into one chunk.  Without
--- it each block stands behind its length: in decimal digits ended by NUL, or as `length_codec`
--- says.  Octets before the digits are dropped, and the first time told through `warn`.
---@param opts? poe.filter.Block.options
---@return poe.filter.Block
function Block.new(opts)
  opts = filter.options("Block", opts, KNOWN)
  filter.exclusive("Block", opts, "block_size", "length_codec", "max_length")
  local codec = opts.length_codec
  if codec then
    for name in pairs(codec) do
      if name ~= "encode" and name ~= "decode" then
        error(("Block: length_codec: unknown field '%s'"):format(tostring(name)), 2)
      end
    end
    for _, name in ipairs { "encode", "decode" } do
      if not filter.callable(codec[name]) then
        error(("Block: length_codec.%s must be a function, got %s"):format(name, type(codec[name])), 2)
      end
    end
    codec = { encode = codec.encode, decode = codec.decode }
  end
  local longest, what = opts.block_size, "block_size"
  if not longest then
    longest, what = opts.max_length, "max_length and its length"
    if not longest then
      longest = 64 << 20
      if opts.max_buffer then longest = math.min(longest, math.max(1, opts.max_buffer - 9)) end
    end
  end
  local least = opts.block_size or longest + #tostring(longest) + 1
  local max_buffer = opts.max_buffer or math.max(512 << 20, least)
  if max_buffer < least then
    error(("Block: max_buffer must be at least %s, %d, got %d"):format(what, least, max_buffer), 2)
  end
  return Block.forget(setmetatable({ block_size = opts.block_size, codec = codec, max_length = longest,
    max_buffer = max_buffer }, Block))
end

---@return poe.filter.Block
function Block:clone()
  return Block.forget(setmetatable({ block_size = self.block_size, codec = self.codec,
    max_length = self.max_length, max_buffer = self.max_buffer }, Block))
end

---@param chunks string[]
function Block:get_one_start(chunks)
  local held = filter.feed(self, "Block", chunks)
  if held then
    fail(self, "EMSGSIZE", "Block: max_buffer is %d bytes, got %d", self.max_buffer, held)
  end
end

---@return string[]  one block, or none
function Block:get_one()
  if self.broken then error(self.broken, 0) end
  local size = self.block_size or self.expected
  if not size then
    local length = self.codec and decode or digits_and_nul
    size = length(self) or more(self) and length(self)
    if not size then return {} end
    if size > self.max_length then
      fail(self, "EMSGSIZE", "Block: max_length is %d bytes, got a length of %d", self.max_length, size)
    end
    self.expected = size
  end
  if available(self) < size then
    filter.compact(self)
    return {}
  end
  if #self.text - self.pos + 1 < size then more(self) end
  local from = self.pos
  self.pos, self.expected = from + size, nil
  return { sub(self.text, from, from + size - 1) }
end

---@param records string[]
---@return string[]
function Block:put(records)
  filter.check_records("Block", records)
  local chunks = {}
  for i = 1, #records do
    local data = filter.check_bytes("Block", i, records[i])
    if self.block_size then
      chunks[i] = data
    elseif self.codec then
      local prefix = self.codec.encode(#data)
      if type(prefix) ~= "string" then
        filter.misuse("Block: length_codec.encode must give a string, got %s", type(prefix))
      end
      chunks[i] = prefix .. data
    else
      chunks[i] = #data .. "\0" .. data
    end
  end
  if self.block_size and chunks[1] then return { table.concat(chunks) } end
  return chunks
end

--- What is held; of a block whose length has been read, the length too, written anew.
---@return string[]?
function Block:get_pending()
  local bytes = filter.left(self)
  if self.expected then
    bytes = (self.codec and self.codec.encode(self.expected) or self.expected .. "\0") .. bytes
  end
  return filter.pending(bytes)
end

return Block
