--- poe.filter.Line
local cuts = dofile "spec/lua/poe/filter_cuts.lua"
local Line = require "poe.filter.Line"

local function maker(opts)
  return function() return Line.new(opts) end
end

describe("Line", function()
  it("ends lines with CR, LF, CR LF or LF CR by default, however they are cut (R330)", function(expect)
    cuts.check(expect, maker(), "a\nb\r\nc\rd\n\re\n\nf", { records = { "a", "b", "c", "d", "e", "" }, pending = "f" })
    cuts.check(expect, maker(), "\n\n\r\r\n\n\r\r", { records = { "", "", "", "", "" } })
    cuts.check(expect, maker(), "", { records = {} })
    cuts.check(expect, maker(), "\0\255\n\0", { records = { "\0\255" }, pending = "\0" })
  end)

  -- POE makes an empty line of it (R331).
  it("takes a CR LF that is cut between two reads for one line end", function(expect)
    local line = Line.new()
    expect(line:get { "a\r" }, { "a" })
    expect(line:get_pending(), nil)
    expect(line:get { "\nb\n" }, { "b" })
    expect(line:get { "\nc\n" }, { "", "c" })
    expect(line:get { "\r", "d\r", "\r" }, { "d", "" })
  end)

  it("splits at a literal of any length", function(expect)
    cuts.check(expect, maker { literal = "\n" }, "a\nb\r\n\nc", { records = { "a", "b\r", "" }, pending = "c" })
    cuts.check(expect, maker { literal = "\r\n" }, "a\r\nb\r\r\n\nc\r", { records = { "a", "b\r" }, pending = "\nc\r" })
    cuts.check(expect, maker { input_literal = "abab" }, "xababababyabaababz",
      { records = { "x", "", "yaba" }, pending = "z" })
    cuts.check(expect, maker { literal = "%d" }, "1%d2%", { records = { "1" }, pending = "2%" })
    cuts.check(expect, maker { literal = "\0" }, "1\0\0002", { records = { "1", "" }, pending = "2" })
  end)

  it("splits at a pattern", function(expect)
    cuts.check(expect, maker { pattern = "%d;" }, "a1;b22;c3", { records = { "a", "b2" }, pending = "c3" })
    cuts.check(expect, maker { pattern = "[;,]" }, "a;,b,", { records = { "a", "", "b" } })
  end)

  it("detects the line end from the first line (R333)", function(expect)
    for _, opts in ipairs { { autodetect = true }, { input_literal = "" } } do
      cuts.check(expect, maker(opts), "a\r\nb\nc\r\n\rd", { records = { "a", "b\nc" }, pending = "\rd" })
      cuts.check(expect, maker(opts), "a\nb\rc\n\r\nd", { records = { "a", "b\rc", "\r" }, pending = "d" })
      cuts.check(expect, maker(opts), "a\rb\nc\rd", { records = { "a", "b\nc" }, pending = "d" })
      cuts.check(expect, maker(opts), "\n\rb\n\r\nc", { records = { "", "b" }, pending = "\nc" })
      cuts.check(expect, maker(opts), "\r\rb", { records = { "", "" }, pending = "b" })
    end
  end)

  it("put appends the line end, whatever the record contains (R332)", function(expect)
    expect(Line.new():put { "a", "", "b\r\n", 5 }, { "a\r\n", "\r\n", "b\r\n\r\n", "5\r\n" })
    expect(Line.new { literal = "|" }:put { "a" }, { "a|" })
    expect(Line.new { output_literal = "|" }:put { "a" }, { "a|" })
    expect(Line.new { output_literal = "" }:put { "a" }, { "a" })
    expect(Line.new { input_literal = "|" }:put { "a" }, { "a\r\n" })
    expect(Line.new { pattern = ";" }:put { "a" }, { "a\r\n" })
    expect(Line.new():put {}, {})
  end)

  it("gives back what was put", function(expect)
    local line = Line.new()
    for _, records in ipairs { { "a", "", "b" }, { "" }, { ("x"):rep(70000) } } do
      expect(line:get(line:put(records)), records)
    end
  end)

  it("clone keeps the settings, not the buffer (R344)", function(expect)
    local line = Line.new { literal = "|", max_length = 3, final = true }
    line:get { "ab" }
    local clone = line:clone()
    expect(clone:get_pending(), nil)
    expect(clone:get { "cd|e" }, { "cd" })
    expect(clone:finish(), { "e" })
    expect(line:get { "|" }, { "ab" })
    expect(clone:put { "x" }, { "x|" })
    expect.match(select(2, pcall(clone.get, clone, { "abcd|" })), "^EMSGSIZE: Line: max_length is 3 bytes, got a line of 4$")
    expect(clone:clone():get { "ok|" }, { "ok" })
    local found = Line.new { autodetect = true }
    found:get { "a\rb" }
    expect(found:clone():get { "c\nd\r" }, { "c\nd" })
  end)

  it("finish gives the unfinished last line with `final`, and only then (R294)", function(expect)
    for _, opts in ipairs { {}, { literal = "\r\n" }, { pattern = ";" }, { autodetect = true } } do
      local input = "a\r\nb;c\r"
      local plain = Line.new(opts)
      plain:get { input }
      local held = plain:get_pending()
      expect(plain:finish(), {})
      expect(plain:get_pending(), held)
      opts.final = true
      local records = cuts.run(Line.new(opts), { input })
      if held then records[#records + 1] = held[1] end
      cuts.check(expect, maker(opts), input, { records = records, finish = true })
    end
    local line = Line.new { final = true }
    line:get_one_start { "a\nb\nc" }
    expect(line:get_one(), { "a" })
    expect(line:finish(), { "b", "c" })
    expect(line:finish(), {})
    expect(line:get { "d\n" }, { "d" })
  end)

  it("refuses a line above max_length, finished or not (R334)", function(expect)
    for _, opts in ipairs { {}, { literal = "\n" }, { pattern = "\n" }, { autodetect = true } } do
      opts.max_length = 3
      cuts.check(expect, maker(opts), "abc\nabcd\nab\n", { records = { "abc" }, wrong = "EMSGSIZE: Line: max_length is 3 bytes, got a line of " })
      cuts.check(expect, maker(opts), "abc\nabcdefgh", { records = { "abc" }, wrong = "EMSGSIZE: " })
    end
    cuts.check(expect, maker { max_length = 3, literal = "<end>" }, "abc<end>abcd<end>", { records = { "abc" }, wrong = "EMSGSIZE: " })
    cuts.check(expect, maker { max_length = 3, literal = "<end>" }, "abc<en", { records = {}, pending = "abc<en" })
  end)

  it("refuses more than max_buffer at once, and stays so", function(expect)
    local line = Line.new { max_buffer = 10 }
    expect(line:get { "123456789\n" }, { "123456789" })
    line:get { "12345" }
    local ok, message = pcall(line.get, line, { "678901" })
    expect(ok, false)
    expect(message, "EMSGSIZE: Line: max_buffer is 10 bytes, got 11")
    expect(line:get_pending(), nil)
    expect(line:put { "a" }, { "a\r\n" })
    for _, method in ipairs { "get", "get_one_start" } do
      expect(select(2, pcall(line[method], line, { "\n" })), message)
    end
    expect(line:clone():get { "a\n" }, { "a" })
  end)

  it("raises at the limit when garbage without a line end is fed", function(expect)
    for _, opts in ipairs { {}, { literal = "\r\n" }, { autodetect = true } } do
      collectgarbage()
      local before = collectgarbage "count"
      local fed, message = cuts.flood(Line.new(opts), "x", 100 << 20)
      expect.match(message, "^EMSGSIZE: Line: max_length is 67108864 bytes, got a line of ")
      expect.yes(fed <= (64 << 20) + 65536)
      collectgarbage()
      expect.yes(collectgarbage "count" - before < 1024, "memory is given back")
    end
    expect.match(select(2, cuts.flood(Line.new { pattern = ";" }, "x", 2 << 20)), "^EMSGSIZE: Line: max_length is 1048576 ")
  end, 30)

  it("holds what comes byte by byte in little more than its size, in linear time", function(expect)
    local n = expect.heavy(200000)
    local line = Line.new()
    collectgarbage()
    local before = collectgarbage "count"
    for _ = 1, n do line:get { "x" } end
    collectgarbage()
    expect.yes((collectgarbage "count" - before) * 1024 < 2 * n + 100000)
    expect(line:get { "\n" }, { ("x"):rep(n) })
  end)

  it("get_one gives a line at a time and leaves the rest pending", function(expect)
    local line = Line.new()
    line:get_one_start { "a\nb", "\nc" }
    line:get_one_start { "\nd" }
    expect(line:get_pending(), { "a\nb\nc\nd" })
    expect(line:get_one(), { "a" })
    expect(line:get_pending(), { "b\nc\nd" })
    expect(line:get_one(), { "b" })
    expect(line:get_one(), { "c" })
    expect(line:get_one(), {})
    expect(line:get_pending(), { "d" })
  end)

  it("refuses wrong settings, naming them", function(expect)
    cuts.refuses(expect, Line.new, {
      { "Line: options must be a table, got string", "\n" },
      { "Line: unknown field 'litteral'", { litteral = "\n" } },
      { "Line: unknown field '1'", { "\n" } },
      { "Line: literal must be a string, got number", { literal = 5 } },
      { 'Line: literal must not be empty, got ""', { literal = "" } },
      { "Line: final must be a boolean, got string", { final = "yes" } },
      { "Line: literal and input_literal exclude each other, got both", { literal = "a", input_literal = "b" } },
      { "Line: literal and output_literal exclude each other, got both", { literal = "a", output_literal = "b" } },
      { "Line: literal and pattern exclude each other, got both", { literal = "a", pattern = "b" } },
      { "Line: literal and autodetect exclude each other, got both", { literal = "a", autodetect = true } },
      { "Line: input_literal and pattern exclude each other, got both", { input_literal = "a", pattern = "b" } },
      { "Line: pattern and autodetect exclude each other, got both", { pattern = "a", autodetect = true } },
      { 'Line: pattern must not match nothing, got "x*"', { pattern = "x*" } },
      { "Line: max_buffer must be at least max_length, 20, got 10", { max_length = 20, max_buffer = 10 } },
    })
    expect.raises('Line: pattern must not match nothing, got "%f[b]"', function()
      Line.new { pattern = "%f[b]" }:get { "ab" }
    end)
    expect.raises_like("^Line: pattern must be a Lua pattern %(.*%), got \"%[\"$", function() Line.new { pattern = "[" } end)
    cuts.refuses_sizes(expect, Line.new, "Line", "max_length")
    cuts.refuses_sizes(expect, Line.new, "Line", "max_buffer")
    cuts.refuses_chunks(expect, Line.new, "Line")
    expect.raises("Line: record 2 must be a string, got table", function() Line.new():put { "a", {} } end)
  end)
end)
