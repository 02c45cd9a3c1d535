--- poe.filter.Reference; what its bytes look like is in ../msgpack_spec.lua.
local cuts = dofile "spec/lua/poe/filter_cuts.lua"
local Reference = require "poe.filter.Reference"
local msgpack = require "poe.msgpack"

local function maker(opts)
  return function() return Reference.new(opts) end
end

--- A serializer of whole numbers.
local numbers = {
  freeze = function(value) return ("%d"):format(value) end,
  thaw = function(text) return tonumber(text) or error("no number: " .. text, 0) end,
}
--- A compression that turns bytes round.
local around = { compress = string.reverse, uncompress = string.reverse }

local values = { 1, -5, 2.5, "text", "\255\0", true, false, {}, { 1, 2, { 3 } }, { a = { b = {} }, [10] = "x" },
  ("x"):rep(300), { list = { "a", "b" }, { deep = { { { 1 } } } } } }

describe("Reference", function()
  it("gives the values that were put, however they are cut", function(expect)
    local input = table.concat(Reference.new():put(values))
    cuts.check(expect, maker(), input, { records = values })
    cuts.check(expect, maker(), input .. "\x92\1\xa5hel", { records = values, pending = "\x92\1\xa5hel" })
    cuts.check(expect, maker { serializer = numbers }, "2\000123\000-555\000 1", { records = { 12, -55 }, pending = "5\000 1" })
    cuts.check(expect, maker { compression = around }, "4\0cba\xa31\0\1", { records = { "abc", 1 } })
  end)

  it("puts a record per chunk", function(expect)
    expect(Reference.new():put { 1, { "a" }, false }, { "\1", "\x91\xa1a", "\xc2" })
    expect(Reference.new { serializer = numbers }:put { 1, 23 }, { "1\0001", "2\00023" })
    expect(Reference.new { compression = around }:put { "abc" }, { "4\0cba\xa3" })
    expect(Reference.new { serializer = numbers, compression = around }:put { 12 }, { "2\00021" })
    expect(Reference.new():put {}, {})
    expect(Reference.new():put { Reference.null, Reference.ext(1, "a") }, { "\xc0", "\xd4\1a" })
  end)

  it("gives a nil that was sent as `null`", function(expect)
    expect(Reference.new():get { "\xc0\1\x91\xc0" }, { Reference.null, 1, { Reference.null } })
    local nothing = { freeze = function() return "" end, thaw = function() end }
    expect(Reference.new { serializer = nothing }:get { "0\0" }, { Reference.null })
  end)

  it("takes a serializer by the name of its module", function(expect)
    package.preload["spec.serializer"] = function() return { nfreeze = numbers.freeze, thaw = numbers.thaw } end
    local reference = Reference.new { serializer = "spec.serializer" }
    expect(reference:get(reference:put { 1, 2 }), { 1, 2 })
  end)

  it("clone keeps the settings, not the buffer (R344)", function(expect)
    for _, opts in ipairs { { max_depth = 2 }, { serializer = numbers }, { compression = around } } do
      local reference = Reference.new(opts)
      local input = reference:put { 777 }[1]
      reference:get { input:sub(1, -2) }
      local clone = reference:clone()
      expect(clone:get_pending(), nil)
      expect(clone:get { input }, { 777 })
      expect(reference:get { input:sub(-1) }, { 777 })
    end
    expect(pcall(Reference.new({ max_depth = 2 }):clone().put, Reference.new { max_depth = 2 }, { { { {} } } }), false)
  end)

  it("refuses what cannot be read", function(expect)
    cuts.check(expect, maker(), "\1\xc1\2", { records = { 1 }, wrong = "EBADMSG: Reference: byte 0xc1, which begins nothing" })
    cuts.check(expect, maker(), "\1\xcf" .. ("\255"):rep(8), { records = { 1 }, wrong = "EBADMSG: Reference: uint64 0xffffffffffffffff does not fit an integer" })
    cuts.check(expect, maker { max_depth = 2 }, "\x91\x90\x91\x91\x90", { records = { { {} } }, wrong = "EBADMSG: Reference: tables nested too deep" })
    cuts.check(expect, maker { serializer = numbers }, "1\00051\000x", { records = { 5 }, wrong = "EBADMSG: Reference: no number: x" })
    cuts.check(expect, maker { serializer = numbers }, "1\00051x", { records = { 5 }, wrong = 'EBADMSG: Reference: a length must end with NUL, got "x"' })
    cuts.check(expect, maker { compression = around }, "1\0\0012\0\1\1", { records = { 1 }, wrong = "EBADMSG: Reference: bytes behind the value" })
    cuts.check(expect, maker { compression = around }, "1\0\xcc", { records = {}, wrong = "EBADMSG: Reference: the value ends too early" })
  end)

  it("refuses a record above max_buffer as soon as it is announced", function(expect)
    for _, bad in ipairs { "\xdb\0\0\0\10", "\xc6\255\255\255\255", "\xdd\255\255\255\255", "\xdf\127\255\255\255",
      "\x99\xa9", "\xc9\0\0\0\10\1", ("\x9f"):rep(5) } do
      cuts.check(expect, maker { max_buffer = 10 }, "\1" .. bad, { records = { 1 }, wrong = "EMSGSIZE: Reference: max_buffer is 10 bytes, got a record of " })
    end
    cuts.check(expect, maker { max_buffer = 10 }, "\xa9123456789", { records = { "123456789" } })
    cuts.check(expect, maker { max_buffer = 10 }, "\x99123456789", { records = { { ("123456789"):byte(1, 9) } } })
    cuts.check(expect, maker { max_buffer = 10, serializer = numbers }, "8\000", { records = {}, wrong = "EMSGSIZE: Reference: max_length is 7 bytes, got a length of 8" })
    for _, gentle in ipairs { false, true } do
      local counted = Reference.new { max_buffer = 10, serializer = numbers, no_fatals = gentle }
      counted:get { "7\000123456" }
      local ok, message = pcall(counted.get, counted, { "71\00012" })
      expect(ok, gentle)
      if gentle then message = tostring(message[1]) end
      expect(message, "EMSGSIZE: Reference: max_buffer is 10 bytes, got 11")
      expect(counted:get_pending(), nil)
      expect(pcall(counted.get, counted, { "1\0001" }), gentle)
    end
    local reference = Reference.new { max_buffer = 10 }
    expect(select(2, pcall(reference.get, reference, { ("\xa0"):rep(11) })), "EMSGSIZE: Reference: max_buffer is 10 bytes, got 11")
    expect(reference:put { "a" }, { "\xa1a" })
    expect(pcall(reference.get_one, reference), false)
  end)

  it("turns what cannot be read into records with no_fatals (R343)", function(expect)
    local function told(opts, input, wanted)
      opts.no_fatals = true
      cuts.each(input, function(chunks, what)
        local records, message = cuts.run(Reference.new(opts), chunks)
        expect(message, nil, what)
        for i, record in ipairs(records) do
          if type(record) == "table" then
            expect(record.message:match "^%u+", record.code, what)
            records[i] = tostring(record)
          end
        end
        expect(records, wanted, what)
      end)
    end
    -- the end of the record is known: it goes on behind it
    told({}, "\1\xcf" .. ("\255"):rep(8) .. "\2", { 1, "EBADMSG: Reference: uint64 0xffffffffffffffff does not fit an integer", 2 })
    told({ serializer = numbers }, "1\00051\000x1\0006", { 5, "EBADMSG: Reference: no number: x", 6 })
    -- it is not
    told({}, "\1\xc1\2\3", { 1, "EBADMSG: Reference: byte 0xc1, which begins nothing" })
    told({ max_buffer = 10 }, "\1\xdb\0\0\0\10\2", { 1, "EMSGSIZE: Reference: max_buffer is 10 bytes, got a record of 15 at least" })
    local reference = Reference.new { no_fatals = true, max_buffer = 3 }
    reference:get_one_start { "\xa0\xa0\xa0\xa0" }
    expect(tostring(reference:get_one()[1]), "EMSGSIZE: Reference: max_buffer is 3 bytes, got 4")
    expect(reference:get_one(), {})
    expect(reference:get { "\1" }, {})
    expect(reference:clone():get { "\1" }, { 1 })
  end)

  it("raises what cannot be put, and where it is", function(expect)
    local reference = Reference.new()
    local cycle = { a = {} }
    cycle.a.b = cycle
    expect.raises("Reference: record 2: cannot put a function at value.x[1]", function() reference:put { 1, { x = { print } } } end)
    expect.raises("Reference: record 1: cannot put a cycle at value.a.b, which is value", function() reference:put { cycle } end)
    expect.raises("Reference: record 1: cannot put a table nested deeper than 1 at value[1]", function()
      Reference.new { max_depth = 1 }:put { { {} } }
    end)
    expect.raises("Reference: record 1 must take at most 5 bytes, got 6", function() Reference.new { max_buffer = 5 }:put { "12345" } end)
    expect.raises("Reference: serializer.freeze must give a string, got nil", function()
      Reference.new { serializer = { freeze = function() end, thaw = print } }:put { 1 }
    end)
    local twice = {}
    for _ = 1, 60 do twice = { twice, twice } end
    expect.raises_like("^Reference: record 1: cannot put a value of more than 1000 bytes at value%[", function()
      Reference.new { max_buffer = 1000 }:put { twice }
    end)
    expect(reference:put { 1 }, { "\1" })
  end)

  it("raises at the limit when garbage is fed", function(expect)
    for _, start in ipairs { "\xdb\127\255\255\255", "\xdd\127\255\255\255" } do
      local reference = Reference.new { max_buffer = 1 << 20 }
      expect.match(select(2, pcall(reference.get, reference, { start })), "^EMSGSIZE: ")
    end
    expect.match(select(2, cuts.flood(Reference.new { max_depth = 1000 }, "\x91", 1 << 20)), "^EBADMSG: Reference: tables nested too deep")
    local long = Reference.new { max_buffer = 20 << 20 }
    long:get { "\xdb\1\63\0\0" } -- 20 MiB and a little less
    local fed, message = cuts.flood(long, "x", 21 << 20) -- what follows it: a million numbers
    expect(message, nil)
    expect.yes(fed > 20 << 20)
    local counted = Reference.new { serializer = numbers, max_buffer = 1 << 20 }
    expect.match(select(2, pcall(counted.get, counted, { "9999999\0" })), "^EMSGSIZE: ")
  end, 30)

  it("waits for a long record in linear time and little more than its size", function(expect)
    local n = expect.heavy(100000)
    local reference = Reference.new()
    reference:get { ("\xdd" .. (">I4"):pack(n)) }
    collectgarbage()
    local before = collectgarbage "count"
    for _ = 1, n - 1 do reference:get { "\1" } end
    collectgarbage()
    expect.yes((collectgarbage "count" - before) * 1024 < 2 * n + 100000)
    expect(#reference:get { "\1" }[1], n)
    expect(reference:get_pending(), nil)
    local chunk = ("\1"):rep(65536)
    local pieces = expect.heavy(200)
    reference:get { "\xdd" .. (">I4"):pack(pieces * 65536) }
    for _ = 1, pieces - 1 do reference:get { chunk } end
    expect(#reference:get { chunk }[1], pieces * 65536)
  end, 30)

  it("refuses wrong settings, naming them", function(expect)
    cuts.refuses(expect, Reference.new, {
      { "Reference: unknown field 'Serializer'", { Serializer = numbers } },
      { "Reference: serializer must be a module or a table, got number", { serializer = 5 } },
      { "Reference: serializer.freeze must be a function, got nil", { serializer = {} } },
      { "Reference: serializer.thaw must be a function, got nil", { serializer = { freeze = print } } },
      { "Reference: compression must be a table, got boolean", { compression = true } },
      { "Reference: compression.uncompress must be a function, got nil", { compression = { compress = print } } },
      { "Reference: no_fatals must be a boolean, got number", { no_fatals = 1 } },
      { "Reference: max_depth must be at most 1000, got 1001", { max_depth = 1001 } },
      { "Reference: max_buffer must be at least 4 with a serializer, got 2", { max_buffer = 2, serializer = numbers } },
    })
    expect.raises_like('^Reference: serializer must be a module or a table, got "no.such.module" %(', function()
      Reference.new { serializer = "no.such.module" }
    end)
    cuts.refuses_sizes(expect, Reference.new, "Reference", "max_buffer")
    cuts.refuses_sizes(expect, Reference.new, "Reference", "max_depth")
    cuts.refuses_chunks(expect, Reference.new, "Reference")
  end)

  it("decodes the messages of msgpack.encode", function(expect)
    expect(Reference.new():get { assert(msgpack.encode { a = 1 }) }, { { a = 1 } })
  end)
end)
