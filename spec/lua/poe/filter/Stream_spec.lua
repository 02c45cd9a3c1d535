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
