--- poe.filter.Map
local cuts = dofile "spec/lua/poe/filter_cuts.lua"
local Map = require "poe.filter.Map"

describe("Map", function()
  it("maps both ways with `code`, or each with its own (R339)", function(expect)
    local both = Map.new { code = string.upper }
    expect(both:get { "a", "b" }, { "A", "B" })
    expect(both:put { "c" }, { "C" })
    local each = Map.new { get = string.upper, put = string.lower }
    expect(each:get { "aB" }, { "AB" })
    expect(each:put { "aB" }, { "ab" })
    local callable = setmetatable({}, { __call = function(_, record) return record .. "!" end })
    expect(Map.new { code = callable }:get { "a" }, { "a!" })
  end)

  -- POE stops at the first record without a result: it is gone, and what follows stays pending (R340).
  it("goes on behind a record that has no result", function(expect)
    local map = Map.new { code = function(record) if record ~= "2" then return record end end }
    expect(map:get { "1", "2", "3" }, { "1", "3" })
    expect(map:get_pending(), nil)
    expect(map:put { "1", "2", "3" }, { "1", "3" })
  end)

  it("makes a record of each result, nil apart", function(expect)
    local map = Map.new { code = function(record) return record, nil, record .. "'", false end }
    expect(map:get { 1, 2 }, { 1, "1'", false, 2, "2'", false })
    expect(map:put { 1 }, { 1, "1'", false })
    map:get_one_start { 3, 4 }
    expect(map:get_one(), { 3 })
    expect(map:get_pending(), { 4 })
    expect(map:get_one(), { "3'" })
  end)

  it("goes on behind a record for which the function raises", function(expect)
    local map = Map.new { code = function(record) return record .. "" end }
    map:get_one_start { "1", {}, "3" }
    expect(map:get_one(), { "1" })
    expect(pcall(map.get_one, map), false)
    expect(map:get_pending(), { "3" })
    expect(map:get_one(), { "3" })
  end)

  it("modify changes one way or both", function(expect)
    local map = Map.new { code = string.upper }
    map:modify { get = string.reverse }
    expect(map:get { "ab" }, { "ba" })
    expect(map:put { "ab" }, { "AB" })
    map:modify { put = string.reverse }
    expect(map:put { "ab" }, { "ba" })
    map:modify { code = string.upper }
    expect(map:get { "ab" }, { "AB" })
    expect(map:put { "ab" }, { "AB" })
    expect.raises("Map: get must be a function, got string", function() map:modify { get = "upper" } end)
    expect.raises("Map: unknown field 'Get'", function() map:modify { Get = print } end)
    expect(map:get { "ab" }, { "AB" })
  end)

  it("clone keeps the functions, not the records (R344)", function(expect)
    local map = Map.new { code = string.upper }
    map:get_one_start { "a" }
    local clone = map:clone()
    map:modify { code = string.lower }
    expect(clone:get_pending(), nil)
    expect(clone:get { "b" }, { "B" })
    expect(map:get_pending(), { "a" })
  end)

  it("refuses wrong settings, naming them", function(expect)
    cuts.refuses(expect, Map.new, {
      { "Map: code, or get and put, expected, got no get" },
      { "Map: code, or get and put, expected, got no put", { get = print } },
      { "Map: code, or get and put, expected, got no get", { put = print } },
      { "Map: code must be a function, got table", { code = {} } },
      { "Map: code and get exclude each other, got both", { code = print, get = print } },
      { "Map: unknown field 'Code'", { Code = print } },
      { "Map: options must be a table, got function", print },
    })
    expect.raises("Map: records must be a list, got string", function() Map.new { code = print }:get "x" end)
    expect.raises("Map: records must be a list, got nil", function() Map.new { code = print }:put() end)
  end)
end)
