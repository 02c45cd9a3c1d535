--- poe.filter.Block
local cuts = dofile "spec/lua/poe/filter_cuts.lua"
local Block = require "poe.filter.Block"

local function maker(opts)
  return function() return Block.new(opts) end
end

--- Two bytes of length; 0xffff is followed by four more.
local codec = {
  encode = function(size)
    return size < 0xffff and (">I2"):pack(size) or (">I2I4"):pack(0xffff, size)
  end,
  decode = function(buffer)
    if #buffer < 2 then return end
    local size, next_byte = (">I2"):unpack(buffer)
    if size == 0xffff then
      if #buffer < 6 then return end
      size, next_byte = (">I4"):unpack(buffer, 3)
    end
    return size, buffer:sub(next_byte)
  end,
}

describe("Block", function()
  it("reads blocks behind their lengths, however they are cut (R335)", function(expect)
    cuts.check(expect, maker(), "3\0abc0\00011\0hello world2\0x", { records = { "abc", "", "hello world" }, pending = "2\0x" })
    cuts.check(expect, maker(), "12", { records = {}, pending = "12" })
    cuts.check(expect, maker(), "5\0001\0002\0003", { records = { "1\0002\0003" } })
    cuts.check(expect, maker(), "007\0007 bytes3\0", { records = { "7 bytes" }, pending = "3\0" })
  end)

  -- POE stops after it has dropped them, until the next read.
  it("drops strange bytes before a length, and goes on (R335)", function(expect)
    cuts.check(expect, maker(), "junk\0\2553\0abc!1\0x;", { records = { "abc", "x" } })
    local _, errors = run_poe [[
      local block = poe.filter.Block.new()
      for _ = 1, 3 do block:get { "junk", "1\0x" } end
    ]]
    expect(errors, "Lua warning: Block: dropped 4 strange bytes before a length\n")
  end)

  it("reads blocks of one size (R336)", function(expect)
    cuts.check(expect, maker { block_size = 3 }, "abcdefg", { records = { "abc", "def" }, pending = "g" })
    cuts.check(expect, maker { block_size = 1 }, "abc", { records = { "a", "b", "c" } })
  end)

  it("takes a length_codec", function(expect)
    cuts.check(expect, maker { length_codec = codec }, "\0\3abc\0\0\0\1x\255\255\0\0\0\2yz\0\2q",
      { records = { "abc", "", "x", "yz" }, pending = "\0\2q" })
    local block = Block.new { length_codec = codec, max_length = 70000 }
    local records = { "a", ("b"):rep(0xffff), "", ("c"):rep(70000) }
    expect(block:get(block:put(records)), records)
    expect(block:put { "ab" }, { "\0\2ab" })
    -- a length may take more than is shown at first
    local slow = { encode = codec.encode, decode = function(buffer)
      if #buffer < 1000 then return end
      return 1, buffer:sub(1001)
    end }
    local input = ("."):rep(1000) .. "x" .. ("."):rep(1000) .. "y"
    expect(Block.new { length_codec = slow }:get { input }, { "x", "y" })
    expect(Block.new { length_codec = slow }:get(cuts.bytes(input)), { "x", "y" })
  end)

  it("put writes lengths, or joins everything", function(expect)
    expect(Block.new():put { "abc", "", 12 }, { "3\0abc", "0\0", "2\00012" })
    expect(Block.new { block_size = 3 }:put { "abc", "de" }, { "abcde" })
    expect(Block.new { block_size = 3 }:put {}, {})
    local block = Block.new()
    local records = { "a", "", ("x"):rep(100000), "\0\0001\0" }
    expect(block:get(block:put(records)), records)
  end)

  it("clone keeps the settings, not the buffer (R344)", function(expect)
    local block = Block.new { block_size = 2 }
    block:get { "a" }
    expect(block:clone():get_pending(), nil)
    expect(block:clone():get { "bc" }, { "bc" })
    local counted = Block.new { max_length = 5 }
    counted:get { "3\0a" }
    local clone = counted:clone()
    expect(clone:get { "2\0xy" }, { "xy" })
    expect(select(2, pcall(clone.get, clone, { "6\0" })), "EMSGSIZE: Block: max_length is 5 bytes, got a length of 6")
    expect(counted:get { "bc" }, { "abc" })
    expect(Block.new { length_codec = codec }:clone():put { "a" }, { "\0\1a" })
  end)

  it("refuses a length above max_length as soon as it is read (R334)", function(expect)
    cuts.check(expect, maker { max_length = 9 }, "9\000123456789" .. "10\0", { records = { "123456789" }, wrong = "EMSGSIZE: Block: max_length is 9 bytes, got a length of 10" })
    cuts.check(expect, maker(), "1\0x" .. ("9"):rep(30) .. "\0", { records = { "x" }, wrong = "EMSGSIZE: Block: max_length is 67108864 bytes, got a length of " })
    cuts.check(expect, maker { length_codec = codec, max_length = 2 }, "\0\2ab\0\3", { records = { "ab" }, wrong = "EMSGSIZE: " })
  end)

  it("refuses what is no length", function(expect)
    cuts.check(expect, maker(), "1\0x12y\0", { records = { "x" }, wrong = 'EBADMSG: Block: a length must end with NUL, got "y"' })
    for _, case in ipairs {
      { "must give a length, got -1", function(b) return -1, b end },
      { "must give a length, got 1.5", function(b) return 1.5, b end },
      { "must give a length, got huge", function(b) return "huge", b end },
      { "must give the rest of the buffer, got nil", function() return 1 end },
      { 'must give the rest of the buffer, got "other"', function() return 1, "other" end },
      { 'must give the rest of the buffer, got "longer than it was"', function() return 1, "longer than it was" end },
    } do
      cuts.check(expect, maker { length_codec = { encode = codec.encode, decode = case[2] } }, "xyz",
        { records = {}, wrong = "EBADMSG: Block: length_codec.decode " .. case[1] })
    end
  end)

  it("raises at the limit when garbage is fed", function(expect)
    expect(cuts.flood(Block.new(), "x", 100 << 20), 100 << 20) -- dropped, not held
    expect.match(select(2, cuts.flood(Block.new(), "0", 100 << 20)), "^EMSGSIZE: ")
    expect.match(select(2, cuts.flood(Block.new(), "7", 100 << 20)), "^EMSGSIZE: ")
    local never = { encode = codec.encode, decode = function() end }
    expect(select(2, cuts.flood(Block.new { length_codec = never }, "x", 100 << 20)),
      "EMSGSIZE: Block: a length takes at most 4096 bytes, got 65536 without one")
    expect(select(2, cuts.flood(Block.new { block_size = 100 << 20, max_buffer = 100 << 20 }, "x", 100 << 20)), nil)
    local small = Block.new { block_size = 10, max_buffer = 12 }
    expect(select(2, pcall(small.get, small, { "1234567890123" })), "EMSGSIZE: Block: max_buffer is 12 bytes, got 13")
    expect(select(2, pcall(small.get, small, { "1" })), "EMSGSIZE: Block: max_buffer is 12 bytes, got 13")
  end, 30)

  it("reads many small blocks of one read in linear time", function(expect)
    local n = expect.heavy(100000)
    local text = ("\0\1x"):rep(n)
    expect(#Block.new { length_codec = codec }:get { text }, n)
    expect(#Block.new():get { ("1\0x"):rep(n) }, n)
  end)

  it("refuses wrong settings, naming them", function(expect)
    cuts.refuses(expect, Block.new, {
      { "Block: unknown field 'size'", { size = 3 } },
      { "Block: length_codec must be a table, got function", { length_codec = print } },
      { "Block: length_codec.decode must be a function, got nil", { length_codec = { encode = print } } },
      { "Block: length_codec.encode must be a function, got string", { length_codec = { encode = "x", decode = print } } },
      { "Block: length_codec: unknown field '1'", { length_codec = { print, print } } },
      { "Block: block_size and length_codec exclude each other, got both", { block_size = 1, length_codec = codec } },
      { "Block: block_size and max_length exclude each other, got both", { block_size = 1, max_length = 2 } },
      { "Block: max_buffer must be at least block_size, 9, got 8", { block_size = 9, max_buffer = 8 } },
      { "Block: max_buffer must be at least max_length and its length, 102, got 101", { max_length = 99, max_buffer = 101 } },
    })
    for _, field in ipairs { "block_size", "max_length", "max_buffer" } do
      cuts.refuses_sizes(expect, Block.new, "Block", field)
    end
    cuts.refuses_chunks(expect, Block.new, "Block")
    expect.raises("Block: record 1 must be a string, got table", function() Block.new():put { {} } end)
    expect.raises("Block: length_codec.encode must give a string, got nil", function()
      Block.new { length_codec = { encode = function() end, decode = codec.decode } }:put { "x" }
    end)
  end)
end)
