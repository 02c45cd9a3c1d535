--- For the specs of filters: the same input, cut in every way.
local cuts = {}

--- Feeds a filter; returns the records it gave one by one, and the error that ended it, if one did.
--- `finish`: tell it the end of input, too.
function cuts.run(filter, chunks, finish)
  local records = {}
  local function take()
    while true do
      local one = filter:get_one()
      if #one == 0 then return end
      assert(#one == 1, "get_one gave several records")
      records[#records + 1] = one[1]
    end
  end
  local ok, message = pcall(function()
    for _, chunk in ipairs(chunks) do
      filter:get_one_start { chunk }
      take()
    end
    if finish then
      for _, record in ipairs(filter:finish()) do records[#records + 1] = record end
    end
  end)
  return records, not ok and message or nil
end

--- Every byte a chunk of its own.
function cuts.bytes(input)
  local chunks = {}
  for i = 1, #input do chunks[i] = input:sub(i, i) end
  return chunks
end

--- Calls fn(chunks, what) for the input whole, byte by byte, in twos and threes, and in two pieces
--- cut at every position.
function cuts.each(input, fn)
  fn({ input }, "whole")
  fn(cuts.bytes(input), "byte by byte")
  for size = 2, 3 do
    local chunks = {}
    for i = 1, #input, size do chunks[#chunks + 1] = input:sub(i, i + size - 1) end
    fn(chunks, "by " .. size)
  end
  for i = 0, #input do
    fn({ input:sub(1, i), input:sub(i + 1) }, "cut after " .. i)
  end
end

--- make() gives a new filter, which has to give these records however the input is cut, and then to
--- have `pending` (a string) left, or to raise a text that begins with `wrong`.
---@param wanted { records: any[], pending?: string, wrong?: string, finish?: boolean }
function cuts.check(expect, make, input, wanted)
  cuts.each(input, function(chunks, what)
    local filter = make()
    local records, message = cuts.run(filter, chunks, wanted.finish)
    expect(records, wanted.records, what)
    if wanted.wrong then
      expect((message or "no error"):sub(1, #wanted.wrong), wanted.wrong, what)
      expect(filter:get_pending(), nil, what)
      for _, again in ipairs { function() filter:get_one() end, function() filter:get { "x" } end } do
        local ok, second = pcall(again)
        expect(ok, false, what)
        expect(second, message, what .. ", again")
      end
    else
      expect(message, nil, what)
      local pending = filter:get_pending()
      expect(pending and table.concat(pending), wanted.pending, what .. ": pending")
    end
  end)
  if not wanted.wrong and not wanted.finish then
    expect(make():get { input }, wanted.records, "get")
    expect(make():get(cuts.bytes(input)), wanted.records, "get of single bytes")
  end
end

--- Constructor arguments that have to raise these texts at the caller.
function cuts.refuses(expect, new, cases)
  for _, case in ipairs(cases) do
    expect.raises(case[1], function() new(case[2]) end)
  end
end

--- The wrong values of a field that is a size.
function cuts.refuses_sizes(expect, new, name, field, base)
  local function with(value)
    local opts = {}
    for key, other in pairs(base or {}) do opts[key] = other end
    opts[field] = value
    return opts
  end
  cuts.refuses(expect, new, {
    { ("%s: %s must be positive, got 0"):format(name, field), with(0) },
    { ("%s: %s must be positive, got -1"):format(name, field), with(-1) },
    { ("%s: %s must be positive, got -inf"):format(name, field), with(-math.huge) },
    { ("%s: %s must be an integer, got nan"):format(name, field), with(0 / 0) },
    { ("%s: %s must be an integer, got 1.5"):format(name, field), with(1.5) },
    { ("%s: %s must be an integer, got string"):format(name, field), with "10" },
    { ("%s: %s must be at most 1099511627776, got inf"):format(name, field), with(math.huge) },
    { ("%s: %s must be at most 1099511627776, got 9223372036854775807"):format(name, field),
      with(math.maxinteger) },
  })
end

--- What is no list of strings is a mistake of the caller's, whichever method gets it.
function cuts.refuses_chunks(expect, make, name)
  for _, method in ipairs { "get_one_start", "get" } do
    expect.raises(name .. ": chunks must be a list of strings, got string", function()
      local filter = make()
      filter[method](filter, "text")
    end)
    expect.raises(name .. ": chunks[2] must be a string, got boolean", function()
      local filter = make()
      filter[method](filter, { "", true })
    end)
  end
  expect.raises(name .. ": records must be a list, got string", function()
    local filter = make()
    filter:put "text"
  end)
end

--- Feeds 64 KiB pieces of `byte` until the filter raises; tells how much it took, in bytes.
function cuts.flood(filter, byte, most)
  local piece, fed = byte:rep(65536), 0
  while fed < most do
    local ok, message = pcall(filter.get, filter, { piece })
    fed = fed + #piece
    if not ok then return fed, message end
  end
  return fed
end

return cuts
