--- poe.filter.Grep
local cuts = dofile "spec/lua/poe/filter_cuts.lua"
local Grep = require "poe.filter.Grep"

local function odd(n) return n % 2 == 1 end
local function big(n) return n > 2 end

describe("Grep", function()
  it("lets the same records pass both ways, or others each way (R339)", function(expect)
    local both = Grep.new { code = odd }
    expect(both:get { 1, 2, 3, 4 }, { 1, 3 })
    expect(both:put { 1, 2, 3, 4 }, { 1, 3 })
    local each = Grep.new { get = odd, put = big }
    expect(each:get { 1, 2, 3, 4 }, { 1, 3 })
    expect(each:put { 1, 2, 3, 4 }, { 3, 4 })
    expect(both:get {}, {})
  end)

  it("looks for the next that passes, one at a time", function(expect)
    local grep = Grep.new { code = odd }
    grep:get_one_start { 2, 4, 5, 6, 7 }
    expect(grep:get_one(), { 5 })
    expect(grep:get_pending(), { 6, 7 })
    grep:get_one_start { 8 }
    expect(grep:get_one(), { 7 })
    expect(grep:get_one(), {})
    expect(grep:get_pending(), nil)
  end)

  it("modify changes one way or both", function(expect)
    local grep = Grep.new { code = odd }
    grep:modify { put = big }
    expect(grep:put { 1, 2, 3, 4 }, { 3, 4 })
    expect(grep:get { 1, 2, 3, 4 }, { 1, 3 })
    grep:modify { get = big }
    expect(grep:get { 1, 2, 3, 4 }, { 3, 4 })
    grep:modify { code = odd }
    expect(grep:put { 1, 2, 3, 4 }, { 1, 3 })
    expect.raises("Grep: code must be a function, got boolean", function()
      grep:modify { code = false }
    end)
  end)

  it("clone keeps the functions, not the records (R344)", function(expect)
    local grep = Grep.new { code = odd }
    grep:get_one_start { 1 }
    local clone = grep:clone()
    grep:modify { code = big }
    expect(clone:get_pending(), nil)
    expect(clone:get { 1, 2 }, { 1 })
  end)

  it("refuses wrong settings, naming them", function(expect)
    cuts.refuses(expect, Grep.new, {
      { "Grep: code, or get and put, expected, got no get", {} },
      { "Grep: code, or get and put, expected, got no put", { get = print } },
      { "Grep: put must be a function, got number", { get = print, put = 1 } },
      { "Grep: code and put exclude each other, got both", { code = print, put = print } },
      { "Grep: unknown field 'grep'", { grep = print } },
    })
    expect.raises("Grep: records must be a list, got string", function() Grep.new { code = print }:get_one_start "x" end)
  end)
end)
