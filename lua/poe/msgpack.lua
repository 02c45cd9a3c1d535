--- MessagePack: Lua values as bytes, and back.
---
---     nil              nil; coming back it is `null`, as a list or a table cannot hold a nil
---     boolean          bool
---     integer          the shortest int, signed below 0.  A uint64 that a Lua integer cannot hold
---                      is refused, not bent into a float or a negative number
---     float            float 64, also when it is whole: 1.0 comes back as 1.0.  float 32 is read
---     string           str when it is UTF-8, bin when not; both are strings coming back
---     table            array when its keys are 1 to n, map otherwise; an empty one is an array.
---                      Metatables and their methods are not looked at
---     ext(type, data)  ext; one that comes is such a table again.  -1, the time, is no exception
---
--- A map's nil values are left out by Lua itself: `null` is what to send.  The order of a map's keys
--- is any.  Functions, coroutines and userdata are refused, and so are cycles and whatever nests
--- deeper than a limit; a table that occurs twice is sent twice.
local pack, unpack, byte, sub, char = string.pack, string.unpack, string.byte, string.sub, string.char
local concat, mathtype, tointeger, utf8len = table.concat, math.type, math.tointeger, utf8.len

local msgpack = {}

--- What a nil is coming in.
msgpack.null = setmetatable({}, {
  __name = "poe.msgpack.null", __tostring = function() return "null" end,
})
local null = msgpack.null

local Ext = { __name = "poe.msgpack.ext" }

--- A value of the application's own type.
---@param kind integer  -128 to 127
---@param data string
---@return { type: integer, data: string }
function msgpack.ext(kind, data)
  if mathtype(kind) ~= "integer" or kind < -128 or kind > 127 then
    error(("ext: type must be an integer of -128 to 127, got %s"):format(tostring(kind)), 2)
  elseif type(data) ~= "string" then
    error(("ext: data must be a string, got %s"):format(type(data)), 2)
  end
  return setmetatable({ type = kind, data = data }, Ext)
end

-- encoding -------------------------------------------------------------------------------------

--- The single byte that is a small integer or stands before a short string.
local small, short = {}, {}
for i = -0x20, 0x7f do small[i] = char(i & 0xff) end
for i = 0, 31 do short[i] = char(0xa0 + i) end

local function encode_integer(value)
  local one = small[value]
  if one then return one end
  if value >= 0 then
    if value < 0x100 then return pack("BB", 0xcc, value) end
    if value < 0x10000 then return pack(">BI2", 0xcd, value) end
    if value < 0x100000000 then return pack(">BI4", 0xce, value) end
    return pack(">BI8", 0xcf, value)
  end
  if value >= -0x80 then return pack("Bb", 0xd0, value) end
  if value >= -0x8000 then return pack(">Bi2", 0xd1, value) end
  if value >= -0x80000000 then return pack(">Bi4", 0xd2, value) end
  return pack(">Bi8", 0xd3, value)
end

--- What stands before the data of a string: str when it is text, else bin.
local function string_header(size, is_text)
  if is_text and size < 32 then return short[size] end
  local first = is_text and 0xd9 or 0xc4
  if size < 0x100 then return pack("BB", first, size) end
  if size < 0x10000 then return pack(">BI2", first + 1, size) end
  return pack(">BI4", first + 2, size)
end

local function encode_ext(value)
  local size = #value.data
  local fixed = ({ [1] = 0xd4, [2] = 0xd5, [4] = 0xd6, [8] = 0xd7, [16] = 0xd8 })[size]
  if fixed then return pack("Bb", fixed, value.type) .. value.data end
  if size < 0x100 then return pack("BBb", 0xc7, size, value.type) .. value.data end
  if size < 0x10000 then return pack(">BI2b", 0xc8, size, value.type) .. value.data end
  return pack(">BI4b", 0xc9, size, value.type) .. value.data
end

local function container_header(count, first, code)
  if count < 16 then return char(first + count) end
  if count < 0x10000 then return pack(">BI2", code, count) end
  return pack(">BI4", code + 1, count)
end

--- One step of the way to a value, as it is written in Lua.
local function step(key)
  if type(key) == "string" and key:find "^[%a_][%w_]*$" then return "." .. key end
  if type(key) == "string" then return ("[%q]"):format(key) end
  return "[" .. tostring(key) .. "]"
end

--- The way to what is being encoded: `walk` has the tables, `walk.keys` the keys taken in them.
local function path(walk, depth)
  local words = { "value" }
  for i = 1, depth do words[i + 1] = step(walk.keys[i]) end
  return concat(words)
end

--- Too deep: for a cycle, that is why.
local function too_deep(walk, value, depth)
  for i = 1, depth do
    local other = walk[i]
    for j = i + 1, depth + 1 do
      if (walk[j] or value) == other then
        return ("cycle at %s, which is %s"):format(path(walk, j - 1), path(walk, i - 1))
      end
    end
  end
  return ("table nested deeper than %d at %s"):format(walk.max_depth, path(walk, depth))
end

local encode_table

--- Writes a value behind the n pieces of `out`; depth: how many tables it is in.
local function encode_value(out, n, value, walk, depth)
  local kind = type(value)
  if kind == "string" then
    local size = #value
    if size > 0xffffffff then error(("string of %d bytes at %s"):format(size, path(walk, depth)), 0) end
    out[n + 1] = string_header(size, utf8len(value) ~= nil)
    out[n + 2] = value
    return n + 2
  elseif kind == "number" then
    out[n + 1] = mathtype(value) == "integer" and encode_integer(value) or pack(">Bd", 0xcb, value)
    return n + 1
  elseif kind == "table" then
    if value == null then
      out[n + 1] = "\xc0"
      return n + 1
    elseif getmetatable(value) == Ext then
      out[n + 1] = encode_ext(value)
      return n + 1
    end
    return encode_table(out, n, value, walk, depth + 1)
  elseif kind == "boolean" then
    out[n + 1] = value and "\xc3" or "\xc2"
    return n + 1
  elseif kind == "nil" then
    out[n + 1] = "\xc0"
    return n + 1
  end
  error(("%s at %s"):format(kind, path(walk, depth)), 0)
end

--- The depth is this table's own, 1 for the outermost.
function encode_table(out, n, value, walk, depth)
  if depth > walk.max_depth then error(too_deep(walk, value, depth - 1), 0) end
  if n > 2 * walk.most then -- of two pieces at least one has a byte
    error(("value of more than %d bytes at %s"):format(walk.most, path(walk, depth - 1)), 0)
  end
  walk[depth] = value
  local keys = walk.keys
  local count, length = 0, rawlen(value)
  for _ in next, value do count = count + 1 end
  local sequence = count == length
  for i = 1, sequence and length or 0 do
    if rawget(value, i) == nil then -- a hole, and another key for it
      sequence = false
      break
    end
  end
  if sequence then
    n = n + 1
    out[n] = container_header(count, 0x90, 0xdc)
    for i = 1, length do
      keys[depth] = i
      n = encode_value(out, n, rawget(value, i), walk, depth)
    end
  else
    n = n + 1
    out[n] = container_header(count, 0x80, 0xde)
    for key, item in next, value do
      keys[depth] = key
      n = encode_value(out, n, key, walk, depth)
      n = encode_value(out, n, item, walk, depth)
    end
  end
  walk[depth] = nil
  return n
end

--- The bytes of a value.  What cannot be sent: nil, and which and where ("function at value.a[3]").
---@param value any
---@param max_depth? integer  how deep tables may nest, 64 by default
---@param most? integer  give up when it is clear that it takes more bytes; a table that has itself
---                      twice in each of 30 levels takes a thousand million
---@return string?, string? message
function msgpack.encode(value, max_depth, most)
  local out = {}
  local walk = { keys = {}, max_depth = max_depth or 64, most = most or math.maxinteger // 2 }
  local ok, n = pcall(encode_value, out, 0, value, walk, 0)
  if not ok then return nil, n end
  return concat(out, "", 1, n)
end

-- decoding -------------------------------------------------------------------------------------

--- What the first byte of a value says: its size in all when that is fixed; or the width of the
--- length behind it, and what is counted: bytes of data (of ext, and the type), values, pairs.
local fixed, width, counted = {}, {}, {}
for b = 0x00, 0x7f do fixed[b] = 1 end
for b = 0xe0, 0xff do fixed[b] = 1 end
for b = 0xa0, 0xbf do fixed[b] = 1 + b - 0xa0 end
for b = 0x80, 0x9f do width[b], counted[b] = 0, b < 0x90 and 2 or 1 end
fixed[0xc0], fixed[0xc2], fixed[0xc3] = 1, 1, 1
for i = 0, 2 do
  width[0xc4 + i], width[0xc7 + i], width[0xd9 + i] = 1 << i, 1 << i, 1 << i
end
fixed[0xca], fixed[0xcb] = 5, 9
for i = 0, 3 do
  fixed[0xcc + i], fixed[0xd0 + i] = 1 + (1 << i), 1 + (1 << i)
end
for i = 0, 4 do fixed[0xd4 + i] = 2 + (1 << i) end
for i = 0, 1 do
  width[0xdc + i], counted[0xdc + i] = 2 << i, 1
  width[0xde + i], counted[0xde + i] = 2 << i, 2
end
local numbers = { [0xca] = ">f", [0xcb] = ">d", [0xcc] = "B", [0xcd] = ">I2", [0xce] = ">I4",
  [0xcf] = ">i8", [0xd0] = "b", [0xd1] = ">i2", [0xd2] = ">i4", [0xd3] = ">i8" }
local lengths = { "B", ">I2", nil, ">I4" }

local decode_array, decode_map

--- Returns the value at pos and the position behind it; or nil, nil and a message, or no message
--- when the text ends too early.
local function decode_value(text, pos, depth)
  local b = byte(text, pos)
  if not b then return nil, nil end
  if b < 0x80 then
    return b, pos + 1
  elseif b >= 0xe0 then
    return b - 0x100, pos + 1
  end
  local size = fixed[b]
  if size then
    local after = pos + size
    if after - 1 > #text then return nil, nil end
    if b >= 0xa0 and b < 0xc0 then return sub(text, pos + 1, after - 1), after end
    local format = numbers[b]
    if format then
      local value = unpack(format, text, pos + 1)
      if b == 0xcf and value < 0 then
        return nil, nil, ("uint64 0x%x does not fit an integer"):format(value)
      end
      return value, after
    end
    if b >= 0xd4 then
      return msgpack.ext(unpack("b", text, pos + 1), sub(text, pos + 2, after - 1)), after
    end
    if b == 0xc0 then return null, after end
    return b == 0xc3, after
  end
  local wide = width[b]
  if not wide then return nil, nil, "byte 0xc1, which begins nothing" end
  local count = b & 0x0f
  pos = pos + 1
  if wide > 0 then
    if pos + wide - 1 > #text then return nil, nil end
    count, pos = unpack(lengths[wide], text, pos)
  end
  local values = counted[b]
  if values == 1 then return decode_array(text, pos, depth - 1, count) end
  if values == 2 then return decode_map(text, pos, depth - 1, count) end
  local is_ext = b >= 0xc7 and b <= 0xc9
  local after = pos + count + (is_ext and 1 or 0)
  if after - 1 > #text then return nil, nil end
  if is_ext then return msgpack.ext(unpack("b", text, pos), sub(text, pos + 1, after - 1)), after end
  return sub(text, pos, after - 1), after
end

function decode_array(text, pos, depth, count)
  if depth < 0 then return nil, nil, "tables nested too deep" end
  local list = {}
  for i = 1, count do
    local value, after, message = decode_value(text, pos, depth)
    if not after then return nil, nil, message end
    list[i], pos = value, after
  end
  return list, pos
end

function decode_map(text, pos, depth, count)
  if depth < 0 then return nil, nil, "tables nested too deep" end
  local map = {}
  for _ = 1, count do
    local key, after, message = decode_value(text, pos, depth)
    if not after then return nil, nil, message end
    if key ~= key then return nil, nil, "a key that is not a number" end
    local value
    value, pos, message = decode_value(text, after, depth)
    if not pos then return nil, nil, message end
    map[key] = value
  end
  return map, pos
end

--- The value at `pos`, and the position behind it.  A text that ends too early gives nil, nil; one
--- that is no value nil, nil and a message.  Of equal keys in a map the last one wins.
---@param text string
---@param pos? integer  default 1
---@param max_depth? integer  how deep tables may nest, 64 by default
---@return any value, integer? next, string? message
function msgpack.decode(text, pos, max_depth)
  return decode_value(text, pos or 1, max_depth or 64)
end

-- finding the end ------------------------------------------------------------------------------

--- Finds where a value ends that comes in pieces, without looking at a byte twice.
---@class poe.msgpack.scan
---@field left integer      how many values are still to come in the innermost table
---@field outer integer[]   the same for the tables around it
---@field skip integer      how many bytes of the present value are still to come
---@field seen integer      how many bytes of this value have been passed
---@field most integer      ... and may be
---@field max_depth integer

---@return poe.msgpack.scan
function msgpack.scanner(most, max_depth)
  return { left = 1, outer = {}, skip = 0, seen = 0, most = most, max_depth = max_depth }
end

--- Goes on at `pos`.  Returns the position up to which it has come, which is behind the value when
--- the second result is true; what is left of the text has to be shown again with more behind it.
--- A third result: "EBADMSG" or "EMSGSIZE", and a fourth that says why.
---@param scan poe.msgpack.scan
---@return integer pos, boolean done, string? code, string? message
function msgpack.scan(scan, text, pos)
  local outer = scan.outer
  local start = pos
  while true do
    if scan.skip > 0 then
      local passed = math.min(scan.skip, #text - pos + 1)
      scan.skip = scan.skip - passed
      pos = pos + passed
      if scan.skip > 0 then break end
    end
    while scan.left == 0 do
      if #outer == 0 then return pos, true end
      scan.left = table.remove(outer)
    end
    local b = byte(text, pos)
    if not b then break end
    local size, values, count = fixed[b], nil, nil
    if not size then
      local wide = width[b]
      if not wide then return pos, false, "EBADMSG", "byte 0xc1, which begins nothing" end
      if pos + wide > #text then break end
      count = wide > 0 and unpack(lengths[wide], text, pos + 1) or b & 0x0f
      size, values = 1 + wide, counted[b]
      if not values then size = size + count + (b >= 0xc7 and b <= 0xc9 and 1 or 0) end
    end
    scan.left = scan.left - 1
    scan.skip = size
    if values then
      count = count * values
      if #outer >= scan.max_depth then return pos, false, "EBADMSG", "tables nested too deep" end
      outer[#outer + 1] = scan.left
      scan.left = count
    end
    -- each value to come has a byte at least
    local least = scan.seen + pos - start + size + (count and values and count or 0)
    if least > scan.most then return pos, false, "EMSGSIZE", least end
  end
  scan.seen = scan.seen + pos - start
  return pos, false
end

return msgpack
