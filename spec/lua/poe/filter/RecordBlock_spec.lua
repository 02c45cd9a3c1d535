--- poe.filter.RecordBlock
local cuts = dofile "spec/lua/poe/filter_cuts.lua"
local RecordBlock = require "poe.filter.RecordBlock"

describe("RecordBlock", function()
  it("makes lists of so many records (R338)", function(expect)
    local block = RecordBlock.new { block_size = 2 }
    expect(block:get { 1, 2, 3 }, { { 1, 2 } })
    expect(block:get_pending(), { 3 })
    expect(block:get { 4, 5 }, { { 3, 4 } })
    expect(block:get_pending(), { 5 })
    for cut = 0, 6 do
      local records = { 1, 2, 3, 4, 5, 6 }
      local three = RecordBlock.new { block_size = 3 }
      local got = cuts.run(three, {})
      for _, part in ipairs { { table.unpack(records, 1, cut) }, { table.unpack(records, cut + 1) } } do
        for _, record in ipairs(three:get(part)) do got[#got + 1] = record end
      end
      expect(got, { { 1, 2, 3 }, { 4, 5, 6 } })
    end
  end)

  it("put flattens (R338)", function(expect)
    local block = RecordBlock.new { block_size = 2 }
    expect(block:put { { 1, 2 }, {}, { 3 } }, { 1, 2, 3 })
    expect(block:put_pending(), nil)
    expect(block:put {}, {})
  end)

  it("put holds back incomplete blocks with check_put", function(expect)
    local block = RecordBlock.new { block_size = 3, check_put = true }
    expect(block:put { { 1, 2 }, { 3, 4 } }, { 1, 2, 3 })
    expect(block:put_pending(), { 4 })
    expect(block:put { { 5 } }, {})
    expect(block:put_pending(), { 4, 5 })
    expect(block:checkput(false), false)
    expect(block:put_pending(), nil)
    expect(block:put { { 6, 7 } }, { 4, 5, 6, 7 })
    expect(block:checkput(), false)
    expect(block:checkput(true), true)
    expect(block:put { { 8 } }, {})
    expect(block:put_pending(), { 8 })
    expect(block:get_pending(), nil)
  end)

  it("blocksize changes how many are taken", function(expect)
    local block = RecordBlock.new { block_size = 2 }
    block:get { 1 }
    expect(block:blocksize(), 2)
    expect(block:blocksize(3), 3)
    expect(block:get { 2, 3 }, { { 1, 2, 3 } })
    expect(block:blocksize(1), 1)
    expect(block:get { 4 }, { { 4 } })
    -- POE ignores a wrong size
    expect.raises("RecordBlock: block_size must be positive, got 0", function() block:blocksize(0) end)
    expect.raises("RecordBlock: block_size must be an integer, got string", function() block:blocksize "2" end)
    expect.raises("RecordBlock: check_put must be a boolean, got number", function() block:checkput(1) end)
    expect(block:blocksize(), 1)
  end)

  it("clone keeps the settings, not the records (R344)", function(expect)
    local block = RecordBlock.new { block_size = 2, check_put = true }
    block:get { 1 }
    block:put { { 1 } }
    local clone = block:clone()
    expect(clone:get_pending(), nil)
    expect(clone:put_pending(), nil)
    expect(clone:blocksize(), 2)
    expect(clone:checkput(), true)
    expect(clone:get { 1, 2 }, { { 1, 2 } })
    expect(block:get_pending(), { 1 })
  end)

  it("refuses wrong settings, naming them", function(expect)
    cuts.refuses(expect, RecordBlock.new, {
      { "RecordBlock: block_size must be an integer, got nil" },
      { "RecordBlock: block_size must be an integer, got nil", { check_put = true } },
      { "RecordBlock: check_put must be a boolean, got number", { block_size = 1, check_put = 1 } },
      { "RecordBlock: unknown field 'size'", { size = 1 } },
    })
    cuts.refuses_sizes(expect, RecordBlock.new, "RecordBlock", "block_size")
    expect.raises("RecordBlock: records must be a list, got string", function() RecordBlock.new { block_size = 1 }:get "x" end)
    expect.raises("RecordBlock: record 2 must be a list, got number", function()
      RecordBlock.new { block_size = 1 }:put { {}, 2 }
    end)
  end)
end)
