--- poe.msgpack: what it writes and reads is what Debian's python3-msgpack does.
local msgpack = require "poe.msgpack"
local null, ext = msgpack.null, msgpack.ext

local function hex(text)
  return (text:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

local function unhex(text)
  return (text:gsub("%s", ""):gsub("%x%x", function(c) return string.char(tonumber(c, 16)) end))
end

--- A value as text, the same as PYTHON's `show` gives: maps with sorted keys, floats by their bits.
local function show(value)
  local kind = type(value)
  if value == null then return "nil" end
  if kind == "boolean" then return tostring(value) end
  if kind == "string" then return "s" .. hex(value) end
  if kind == "number" then
    if value ~= value then return "nan" end
    return math.type(value) == "integer" and "i" .. value or "f" .. hex((">d"):pack(value))
  end
  if getmetatable(value) == getmetatable(ext(1, "")) then return ("x%d:%s"):format(value.type, hex(value.data)) end
  local words = {}
  if #value > 0 or next(value) == nil then
    for i, item in ipairs(value) do words[i] = show(item) end
    return "[" .. table.concat(words, ",") .. "]"
  end
  for key, item in pairs(value) do words[#words + 1] = show(key) .. "=" .. show(item) end
  table.sort(words)
  return "{" .. table.concat(words, ",") .. "}"
end

local PYTHON = [[
import sys, struct, random, msgpack
def show(v):
    if v is None: return 'nil'
    if v is True: return 'true'
    if v is False: return 'false'
    if isinstance(v, str): return 's' + v.encode('utf-8').hex()
    if isinstance(v, bytes): return 's' + v.hex()
    if isinstance(v, int): return 'i%d' % v
    if isinstance(v, float): return 'nan' if v != v else 'f' + struct.pack('>d', v).hex()
    if isinstance(v, msgpack.ExtType): return 'x%d:%s' % (v.code, v.data.hex())
    if isinstance(v, msgpack.Timestamp): return 'x-1:' + v.to_bytes().hex()
    if isinstance(v, (list, tuple)): return '[' + ','.join(show(x) for x in v) + ']'
    if not v: return '[]'
    return '{' + ','.join(sorted(show(k) + '=' + show(x) for k, x in v.items())) + '}'
random.seed(1729)
def value(depth):
    kind = random.randrange(9 if depth else 7)
    if kind == 0: return random.choice([None, True, False])
    if kind in (1, 2):
        n = random.getrandbits(random.randrange(1, 64))
        return n if random.random() < .5 else -n
    if kind == 3: return random.uniform(-1, 1) * 10 ** random.randrange(-300, 300)
    if kind == 4: return ''.join(chr(random.choice([random.randrange(128), random.randrange(0xa0, 0xd7ff), random.randrange(0x10000, 0x10ffff)])) for _ in range(random.randrange(60)))
    if kind == 5: return bytes(random.randrange(256) for _ in range(random.randrange(300)))
    if kind == 6: return msgpack.ExtType(random.randrange(128), bytes(random.randrange(20)))
    if kind == 7: return [value(depth - 1) for _ in range(random.randrange(20))]
    # not 1: a Lua table with keys 1 to n is a list
    return {random.choice([str(i), i + 1000000, -i]): value(depth - 1) for i in range(2, random.randrange(3, 22))}
if sys.argv[1] == 'write':
    for _ in range(500):
        v = value(4)
        print(msgpack.packb(v, use_single_float=False).hex(), show(v))
else:
    for line in open(sys.argv[2]):
        data = bytes.fromhex(line.strip())
        print(show(msgpack.unpackb(data, strict_map_key=False, raw=False)))
]]

--- Runs the Python side; its lines.  Debian's interpreter, not one that happens to come first.
local function python(...)
  local script = os.tmpname()
  local file = assert(io.open(script, "w"))
  file:write(PYTHON)
  file:close()
  local pipe = assert(io.popen(("/usr/bin/python3 %s %s 2>&1"):format(script, table.concat({ ... }, " "))))
  local lines = {}
  for line in pipe:lines() do lines[#lines + 1] = line end
  pipe:close()
  os.remove(script)
  return lines
end

--- Each at the edge of a form: the value, and how it begins.
local edges = {
  { 0, "00" }, { 127, "7f" }, { 128, "cc80" }, { 255, "ccff" }, { 256, "cd0100" }, { 65535, "cdffff" },
  { 65536, "ce00010000" }, { 4294967295, "ceffffffff" }, { 4294967296, "cf0000000100000000" },
  { math.maxinteger, "cf7fffffffffffffff" }, { -1, "ff" }, { -32, "e0" }, { -33, "d0df" }, { -128, "d080" },
  { -129, "d1ff7f" }, { -32768, "d18000" }, { -32769, "d2ffff7fff" }, { -2147483648, "d280000000" },
  { -2147483649, "d3ffffffff7fffffff" }, { math.mininteger, "d38000000000000000" },
  { 0.0, "cb0000000000000000" }, { -0.0, "cb8000000000000000" }, { 1.0, "cb3ff0000000000000" },
  { math.pi, "cb400921fb54442d18" }, { math.huge, "cb7ff0000000000000" }, { -math.huge, "cbfff0000000000000" },
  { 5e-324, "cb0000000000000001" }, { true, "c3" }, { false, "c2" }, { null, "c0" },
  { "", "a0" }, { ("a"):rep(31), "bf61" }, { ("a"):rep(32), "d92061" }, { ("a"):rep(255), "d9ff61" },
  { ("a"):rep(256), "da010061" }, { ("a"):rep(65535), "daffff61" }, { ("a"):rep(65536), "db0001000061" },
  { "\u{20ac}", "a3e282ac" }, { "\255", "c401ff" }, { ("\255"):rep(255), "c4ffff" },
  { ("\255"):rep(256), "c50100ff" }, { ("\255"):rep(65536), "c600010000ff" }, { "\xed\xa0\x80", "c403eda080" },
  { {}, "90" }, { { 1 }, "9101" }, { { a = 1 }, "81a16101" }, { { [2] = 1 }, "810201" }, { { { {} } }, "919190" },
  { ext(5, "a"), "d40561" }, { ext(5, "ab"), "d50561" }, { ext(-1, "abcd"), "d6ff61" }, { ext(5, ("a"):rep(8)), "d70561" },
  { ext(5, ("a"):rep(16)), "d80561" }, { ext(127, ""), "c7007f" }, { ext(1, "abc"), "c7030161" },
  { ext(1, ("a"):rep(256)), "c801000161" }, { ext(100, ("a"):rep(65536)), "c9000100006461" },
}
for _, count in ipairs { 15, 16, 65535, 65536 } do
  local list, map = {}, {}
  for i = 1, count do list[i], map[-i] = true, true end
  edges[#edges + 1] = { list, count < 16 and "9fc3" or count < 65536 and ("dc%04xc3"):format(count) or "dd00010000c3" }
  edges[#edges + 1] = { map, count < 16 and "8f" or count < 65536 and ("de%04x"):format(count) or "df00010000" }
end

describe("msgpack", function()
  it("writes the shortest form of each value, and reads it", function(expect)
    for _, edge in ipairs(edges) do
      local text = msgpack.encode(edge[1])
      expect(hex(text:sub(1, #edge[2] // 2)), edge[2])
      local value, after, message = msgpack.decode(text)
      expect(show(value) == show(edge[1]), true, edge[2])
      expect(math.type(value), math.type(edge[1]), edge[2])
      expect(after, #text + 1, edge[2])
      expect(message, nil)
    end
    expect(hex(msgpack.encode(nil)), "c0")
    local nan = msgpack.decode(msgpack.encode(0 / 0))
    expect(nan ~= nan, true)
  end)

  it("is read by python3-msgpack", function(expect)
    local path = os.tmpname()
    local file <close> = assert(io.open(path, "w"))
    for _, edge in ipairs(edges) do file:write(hex(msgpack.encode(edge[1])), "\n") end
    file:flush()
    local lines = python("read", path)
    os.remove(path)
    expect(#lines, #edges)
    for i, edge in ipairs(edges) do expect(lines[i] == show(edge[1]), true, edge[2]) end
  end)

  it("reads and writes again 500 random values of python3-msgpack", function(expect)
    local lines = python "write"
    expect(#lines, 500)
    local path = os.tmpname()
    local file <close> = assert(io.open(path, "w"))
    local wanted = {}
    for i, line in ipairs(lines) do
      local bytes, text = line:match "^(%x+) (.*)$"
      bytes = unhex(bytes or "")
      local value, after, message = msgpack.decode(bytes)
      expect(after, #bytes + 1, message)
      expect(show(value), text)
      wanted[i] = text
      file:write(hex(assert(msgpack.encode(value))), "\n")
    end
    file:flush()
    local again = python("read", path)
    os.remove(path)
    for i, text in ipairs(wanted) do expect(again[i], text) end
  end)

  it("reads the forms that it does not write", function(expect)
    for text, value in pairs { ["ca 3fc00000"] = 1.5, ["cc 05"] = 5, ["d3 0000000000000005"] = 5, ["d9 01 61"] = "a",
      ["db 00000001 61"] = "a", ["c6 00000001 61"] = "a", ["dd 00000001 05"] = { 5 }, ["de 0001 01 05"] = { 5 },
      ["81 c3 c0"] = { [true] = null }, ["82 01 02 01 03"] = { 3 }, ["93 c0 01 c0"] = { null, 1, null },
      ["c7 01 80 61"] = ext(-128, "a"), ["81 c0 01"] = { [null] = 1 } } do
      local bytes = unhex(text)
      local got, after = msgpack.decode("\0" .. bytes, 2)
      expect(got, value, text)
      expect(after, #bytes + 2, text)
    end
  end)

  it("says that a text ends too early, wherever it is cut", function(expect)
    for _, edge in ipairs(edges) do
      local text = msgpack.encode(edge[1])
      if #text < 600 then
        for cut = 0, #text - 1 do
          local value, after, message = msgpack.decode(text:sub(1, cut))
          expect(value == nil and after == nil and message == nil, true, edge[2])
        end
      end
    end
  end)

  it("refuses what is no value, or has none in Lua", function(expect)
    for text, wrong in pairs { ["c1"] = "byte 0xc1, which begins nothing", ["92 01 c1"] = "byte 0xc1, which begins nothing",
      ["81 c1"] = "byte 0xc1, which begins nothing", ["81 01 c1"] = "byte 0xc1, which begins nothing",
      ["cf 8000000000000000"] = "uint64 0x8000000000000000 does not fit an integer",
      ["81 cb 7ff8000000000000 01"] = "a key that is not a number", [("91"):rep(65) .. "01"] = "tables nested too deep",
      [("8101"):rep(65) .. "01"] = "tables nested too deep" } do
      local value, after, message = msgpack.decode(unhex(text))
      expect(value, nil)
      expect(after, nil)
      expect(message, wrong)
    end
    expect(select(2, msgpack.decode(unhex(("91"):rep(64) .. "01"))), 66)
    expect(select(3, msgpack.decode(unhex "919101", 1, 1)), "tables nested too deep")
  end)

  it("names what cannot be sent, and where it is", function(expect)
    local function fails(value, text)
      local bytes, message = msgpack.encode(value)
      expect(bytes, nil)
      expect(message, text)
    end
    fails(print, "function at value")
    fails({ 1, { a = { [true] = coroutine.create(print) } } }, "thread at value[2].a[true]")
    fails({ ["a b"] = io.stdout }, 'userdata at value["a b"]')
    fails({ [print] = 1 }, "function at value[" .. tostring(print) .. "]")
    local own = { 1, {} }
    own[2].me = own
    fails(own, "cycle at value[2].me, which is value")
    fails({ x = own }, "cycle at value.x[2].me, which is value.x")
    local self = {}
    self[1] = self
    fails({ a = { self } }, "cycle at value.a[1][1], which is value.a[1]")
    local deep, inner = {}, nil
    inner = deep
    for _ = 2, 64 do
      inner.x = {}
      inner = inner.x
    end
    expect(#assert(msgpack.encode(deep)), 64 + 63 * 2)
    inner.x = {}
    fails(deep, "table nested deeper than 64 at value" .. (".x"):rep(64))
    expect(#assert(msgpack.encode(deep, 65)), 65 + 64 * 2)
    local twice = {}
    expect(hex(msgpack.encode { twice, twice }), "929090")
  end)

  it("takes a table for a list only when its keys are 1 to n", function(expect)
    for _, value in ipairs { { 1, nil, 3 }, { [1] = 1, x = 2 }, { [0] = 0, 1 }, { 1, nil, 3, x = 1 }, { [1.5] = 1 } } do
      local text = msgpack.encode(value)
      expect(text:byte() & 0xf0, 0x80)
      expect(msgpack.decode(text), value)
    end
    local reversed = {}
    for i = 20, 1, -1 do reversed[i] = i end
    expect(msgpack.encode(reversed):byte(), 0xdc)
    expect(msgpack.encode(setmetatable({ 1 }, { __index = print, __len = print, __pairs = print })), "\x91\1")
  end)

  it("ext checks its arguments", function(expect)
    expect.raises("ext: type must be an integer of -128 to 127, got 128", function() ext(128, "") end)
    expect.raises("ext: data must be a string, got nil", function() ext(1) end)
  end)
end)
