--- poe.filter.Stream
local cuts = dofile "spec/lua/poe/filter_cuts.lua"
local Stream = require "poe.filter.Stream"

describe("Stream", function()
  it("merges what has come into one record (R337)", function(expect)
    local stream = Stream.new()
    stream:get_one_start { "a", "", "b" }
    stream:get_one_start { "c" }
    expect(stream:get_pending(), { "abc" })
    expect(stream:get_one(), { "abc" })
    expect(stream:get_one(), {})
    expect(stream:get_pending(), nil)
    expect(stream:get { "d", "e" }, { "de" })
    expect(stream:get {}, {})
    expect(stream:get { "" }, {})
  end)

  it("gives every byte once, however the input is cut", function(expect)
    local input = "a\nb\0\255\r\n"
    cuts.each(input, function(chunks, what)
      expect(table.concat((cuts.run(Stream.new(), chunks))), input, what)
    end)
  end)

  it("puts chunk for chunk", function(expect)
    expect(Stream.new():put { "a", "", "b" }, { "a", "", "b" })
    local records = { "a" }
    expect(rawequal(Stream.new():put(records), records), false)
  end)

  it("holds max_buffer bytes and no more", function(expect)
    local stream = Stream.new { max_buffer = 4 }
    stream:get_one_start { "abcd" }
    expect(stream:get_one(), { "abcd" })
    stream:get_one_start { "abc" }
    expect(select(2, pcall(stream.get_one_start, stream, { "de" })), "EMSGSIZE: Stream: max_buffer is 4 bytes, got 5")
    expect(stream:get_pending(), nil)
    expect(select(2, pcall(stream.get_one, stream)), "EMSGSIZE: Stream: max_buffer is 4 bytes, got 5")
    local clone = stream:clone()
    expect(clone:get { "abcd" }, { "abcd" })
    expect(pcall(clone.get, clone, { "abcde" }), false)
  end)

  it("refuses wrong settings, naming them", function(expect)
    cuts.refuses(expect, Stream.new, { { "Stream: unknown field 'size'", { size = 1 } },
      { "Stream: options must be a table, got number", 1 } })
    cuts.refuses_sizes(expect, Stream.new, "Stream", "max_buffer")
    cuts.refuses_chunks(expect, Stream.new, "Stream")
    expect.raises("Stream: record 1 must be a string, got table", function() Stream.new():put { {} } end)
  end)
end)

describe("poe.filter", function()
  it("is the base, which makes no filter itself", function(expect)
    expect.raises("filter: not meant to be used directly, got no name as in poe.filter.Line", function() poe.filter.new() end)
    expect(poe.filter.None, nil)
  end)

  it("has the filters that `require` gives", function(expect)
    for _, name in ipairs { "Stream", "Line", "Block", "Map", "Grep", "RecordBlock", "Stackable", "Reference", "HTTPD" } do
      expect.yes(rawequal(poe.filter[name], require("poe.filter." .. name)), name)
      expect.match(tostring(poe.filter[name]), "table")
    end
    expect.yes(rawequal(poe.filter, require "poe.filter"))
  end)

  it("gives `get` and `finish` to a filter of a script's own", function(expect)
    local Words = setmetatable({}, { __index = poe.filter })
    Words.__index = Words
    local words = setmetatable({ list = {} }, Words)
    function Words:get_one_start(chunks)
      for word in table.concat(chunks):gmatch "%a+" do self.list[#self.list + 1] = word end
    end
    function Words:get_one() return { table.remove(self.list, 1) } end
    expect(words:get { "one two", " three" }, { "one", "two", "three" })
    expect(words:finish(), {})
  end)
end)
