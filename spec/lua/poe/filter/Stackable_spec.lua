--- poe.filter.Stackable
local cuts = dofile "spec/lua/poe/filter_cuts.lua"
local filter = require "poe.filter"
local Stackable, Line, Grep, Map, RecordBlock, Block =
  filter.Stackable, filter.Line, filter.Grep, filter.Map, filter.RecordBlock, filter.Block

local function make()
  return Stackable.new { filters = {
    Line.new(),
    Grep.new { code = function(line) return line ~= "x" end },
    Map.new { get = function(line) return line, line:upper() end, put = string.lower },
    RecordBlock.new { block_size = 3 },
  } }
end

--- The least that is a filter: halves of words, joined.
local function own()
  local held = {}
  return {
    get_one_start = function(_, chunks) table.move(chunks, 1, #chunks, #held + 1, held) end,
    get_one = function()
      if #held < 2 then return {} end
      return { table.remove(held, 1) .. table.remove(held, 1) }
    end,
    put = function(_, records) return records end,
  }
end

describe("Stackable", function()
  it("passes input upwards and output downwards (R341)", function(expect)
    cuts.check(expect, make, "a\nx\r\nb\rc\nx\nd",
      { records = { { "a", "A", "b" }, { "B", "c", "C" } }, pending = "d" })
    expect(make():put { { "P" }, { "Q", "x" } }, { "p\r\n", "q\r\n", })
    expect(make():put { {} }, {})
  end)

  it("gives what was put", function(expect)
    local stack = Stackable.new { filters = { Block.new(), Line.new { literal = ";" } } }
    expect(stack:put { "a", "b" }, { "2\0a;", "2\0b;" })
    expect(stack:get(stack:put { "a", "b" }), { "a", "b" })
  end)

  -- POE's get_pending gives an empty list (R342).
  it("get_pending gives what its filters hold, as bytes, the oldest first", function(expect)
    local stack = Stackable.new { filters = { Line.new { literal = "|" }, RecordBlock.new { block_size = 2 } } }
    expect(stack:get_pending(), nil)
    expect(stack:get { "a|b|c|d" }, { { "a", "b" } })
    expect(stack:get_pending(), { "c|", "d" })
    expect(stack:clone():get(stack:get_pending()), {})
    expect(Stackable.new { filters = { Line.new(), own() } }:get_pending(), nil)
  end)

  it("get_one takes from below only what it needs", function(expect)
    local stack = Stackable.new { filters = { Line.new { literal = "|" }, Grep.new { code = function(l) return l ~= "x" end } } }
    stack:get_one_start { "x|a|x|b|" }
    expect(stack:get_one(), { "a" })
    expect(stack:get_pending(), { "x|b|" })
    expect(stack:get_one(), { "b" })
    expect(stack:get_one(), {})
  end)

  it("finish ends each of its filters", function(expect)
    local function last(opts)
      return Stackable.new { filters = { Line.new(opts), Map.new { code = string.upper }, own() } }
    end
    local stack = last { final = true }
    expect(stack:get { "a\nb\nc\nd" }, { "AB" })
    expect(stack:finish(), { "CD" })
    expect(stack:finish(), {})
    stack = last()
    stack:get { "a\nb" }
    expect(stack:finish(), {})
  end)

  it("push, pop, shift and unshift change it", function(expect)
    local line, grep, map, own_one = Line.new(), Grep.new { code = print }, Map.new { code = print }, own()
    local stack = Stackable.new()
    expect(stack:put { 1 }, { 1 })
    expect(stack:push(line, grep), 2)
    expect(stack:unshift(own_one, map), 4)
    expect(stack:filter_types(), { "table", "poe.filter.Map", "poe.filter.Line", "poe.filter.Grep" })
    local list = stack:filters()
    for i, each in ipairs { own_one, map, line, grep } do expect.yes(rawequal(list[i], each)) end
    list[1] = nil
    expect(#stack:filters(), 4)
    expect.yes(rawequal(stack:pop(), grep))
    expect.yes(rawequal(stack:shift(), own_one))
    expect.yes(rawequal(stack:shift(), map))
    expect(stack:push(), 1)
    expect.yes(rawequal(stack:shift(), line))
    expect(stack:pop(), nil)
    expect(stack:shift(), nil)
    expect(stack:filters(), {})
  end)

  it("keeps a list of its own", function(expect)
    local filters = { Line.new() }
    local stack = Stackable.new { filters = filters }
    filters[1] = nil
    expect(stack:filter_types(), { "poe.filter.Line" })
  end)

  it("clones all its filters (R344)", function(expect)
    local stack = make()
    stack:get { "a\nb" }
    local clone = stack:clone()
    expect(clone:get_pending(), nil)
    for i, each in ipairs(clone:filters()) do
      expect(rawequal(each, stack:filters()[i]), false)
    end
    clone:pop()
    expect(clone:get { "q\n" }, { "q", "Q" })
    expect(#stack:filters(), 4)
  end)

  it("has clone only when all its filters have", function(expect)
    local stack = Stackable.new { filters = { Line.new(), own() } }
    expect.raises("Stackable: filters[2] must have clone, got a table without it", function() stack:clone() end)
    local below = Stackable.new { filters = { own(), RecordBlock.new { block_size = 2 } } }
    expect(below:get { "a", "b" }, {})
    expect(below:get_pending(), { "ab" })
  end)

  it("passes on what its filters raise", function(expect)
    local function limited()
      return Stackable.new { filters = { Line.new { max_length = 3 }, Map.new { code = string.upper } } }
    end
    cuts.check(expect, limited, "a\nabcd\n", { records = { "A" }, wrong = "EMSGSIZE: Line: max_length is 3 bytes" })
    local upper = Stackable.new { filters = { Line.new(), Block.new { block_size = 3, max_buffer = 4 } } }
    expect(upper:get { "a\nbc\n" }, { "abc" })
    expect(select(2, pcall(upper.get, upper, { "abcde\n" })), "EMSGSIZE: Block: max_buffer is 4 bytes, got 5")
  end)

  it("stacks stacks", function(expect)
    local stack = Stackable.new { filters = { Stackable.new { filters = { Line.new() } }, make():pop() } }
    cuts.check(expect, function() return stack:clone() end, "a\nb\nc\nd\ne",
      { records = { { "a", "b", "c" } }, pending = "d\r\ne" })
  end)

  it("refuses wrong settings, naming them", function(expect)
    cuts.refuses(expect, Stackable.new, {
      { "Stackable: filters must be a table, got string", { filters = "Line" } },
      { "Stackable: unknown field '1'", { Line.new() } },
      { "Stackable: filters[2] must be a filter, got number", { filters = { Line.new(), 5 } } },
      { "Stackable: filters[1] must be a filter, got a table without get_one_start", { filters = { {} } } },
      { "Stackable: filters must be a list, got the key line", { filters = { line = Line.new() } } },
    })
    local stack = Stackable.new()
    expect.raises("Stackable: argument 2 must be a filter, got nil", function() stack:push(Line.new(), nil) end)
    expect.raises("Stackable: argument 1 must be a filter, got string", function() stack:unshift "x" end)
    expect(stack:filters(), {})
    for _, method in ipairs { "get", "get_one_start", "get_one" } do
      expect.raises("Stackable: filters must not be empty to read, got none", function() stack[method](stack, {}) end)
    end
  end)
end)
