--- poe.filter: the base, and what all filters have in common.
local cuts = dofile "spec/lua/poe/filter_cuts.lua"

--- A value as text: tables by what they hold, keys too.
local function text(value)
  if type(value) ~= "table" then return type(value) == "string" and ("%q"):format(value) or tostring(value) end
  local words = {}
  for key, item in pairs(value) do words[#words + 1] = text(key) .. "=" .. text(item) end
  table.sort(words)
  return "{" .. table.concat(words, ",") .. "}"
end

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

  it("works in stock lua5.4, where nothing of poe is", function(expect)
    local pipe <close> = assert(io.popen([[LUA_PATH='lua/?.lua' lua5.4 -e '
      local filter = require "poe.filter"
      print(#filter.Line.new():get { "a\nb\n" }, filter.Reference.new():put { { 1 } }[1] == "\x91\1",
        filter.HTTPD.new():get { "GET / HTTP/1.1\n\n" }[1].uri, package.loaded.poe)' 2>&1]]))
    expect(pipe:read "a", "2\ttrue\t/\tnil\n")
  end)

  it("works in a host that has no require and no debug", function(expect)
    local env, core, loaded = {}, {}, {}
    for name, value in pairs(_G) do env[name] = value end
    env.require, env.package, env.debug = nil, nil, nil
    function core.require(name)
      loaded[name] = loaded[name]
        or assert(loadfile("lua/" .. name:gsub("%.", "/") .. ".lua", "t", env))(core)
      return loaded[name]
    end
    local own = core.require "poe.filter"
    expect(own.Stackable.new { filters = { own.Line.new(), own.Map.new { code = string.upper } } }:get { "a\n" }, { "A" })
    expect(own.Reference.new { compression = { compress = string.reverse, uncompress = string.reverse } }:get { "1\0\5" }, { 5 })
    expect.match(select(2, pcall(own.Line.new, { literal = "a", pattern = "b" })), "exclude each other")
  end)

  it("holds only what is left of a read", function(expect)
    local subjects = {
      { function() return poe.filter.Line.new() end, "line\n", "li" },
      { function() return poe.filter.Line.new { literal = "<end>" } end, "line<end>", "li<e" },
      { function() return poe.filter.Line.new { pattern = "%d" } end, "line1", "li" },
      { function() return poe.filter.Line.new { autodetect = true } end, "line\n", "li" },
      { function() return poe.filter.Block.new() end, "4\0line", "100\0li" },
      { function() return poe.filter.Block.new() end, "4\0line", "" },
      { function() return poe.filter.Block.new { block_size = 4 } end, "line", "li" },
      { function() return poe.filter.Stream.new() end, "line", "" },
      { function() return poe.filter.Reference.new() end, "\xa4line", "\xa4li" },
      { function() return poe.filter.Reference.new() end, "\xa4line", "" },
      { function() return poe.filter.HTTPD.new() end, "GET / HTTP/1.1\r\n\r\n", "GET" },
      { function() return poe.filter.HTTPD.new() end, "GET / HTTP/1.1\r\n\r\n", "" },
    }
    for number, subject in ipairs(subjects) do
      local make, record, rest = table.unpack(subject)
      for _, method in ipairs { "get", "get_one" } do
        local filters = {}
        collectgarbage()
        local before = collectgarbage "count"
        for i = 1, 20 do
          filters[i] = make()
          local input = record:rep(65536 // #record) .. rest
          if method == "get" then filters[i]:get { input } else cuts.run(filters[i], { input }) end
        end
        collectgarbage()
        local each = (collectgarbage "count" - before) / #filters
        expect(each < 6, true, ("subject %d, %s: %.1f KiB"):format(number, method, each))
      end
    end
  end, 20)

  it("gives the same for random input, cut at random", function(expect)
    local seed = 4711
    local function random(n)
      seed = seed * 6364136223846793005 + 1442695040888963407
      return (seed >> 33) % n + 1
    end
    local head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    local subjects = {
      { "abc\r\n\n\r", function() return poe.filter.Line.new { max_length = 6 } end },
      { "abc\r\n", function() return poe.filter.Line.new { autodetect = true, max_length = 6 } end },
      { "<e>x", function() return poe.filter.Line.new { literal = "<e>", max_length = 9 } end },
      { "012\0\0x", function() return poe.filter.Block.new { max_length = 100 } end },
      { "\x92\x81\1\xa2\xc4\2\0\xca\xd5\xdc\xcf\x80", function() return poe.filter.Reference.new { max_buffer = 400, max_depth = 3 } end },
      { "\x92\x81\1\xa2\xc4\2\0\xcf\x80\xc1", function() return poe.filter.Reference.new { max_buffer = 400, no_fatals = true } end },
      { { "GET", " /", " HTTP/1.1", "\r\n", "\r\n", "\n", "A: b", "Content-Length: 3", " ", ":" },
        function() return poe.filter.HTTPD.new { max_content = 5, max_header = 60 } end },
      { { "3", "a", "0", "\r\n", "\r\n", "\n", "abc", ";" },
        function() local httpd = poe.filter.HTTPD.new { max_content = 9 } httpd:get { head } return httpd end },
      { { "a", "b\n", "x\n", "\r" }, function()
        return poe.filter.Stackable.new { filters = { poe.filter.Line.new(), poe.filter.Grep.new { code = function(l) return l ~= "x" end },
          poe.filter.RecordBlock.new { block_size = 2 } } }
      end },
    }
    warn "@off"
    for number, subject in ipairs(subjects) do
      local alphabet, make = table.unpack(subject)
      for round = 1, expect.heavy(2000) do
        local words = {}
        for i = 1, random(40) do
          local at = random(#alphabet)
          words[i] = type(alphabet) == "string" and alphabet:sub(at, at) or alphabet[at]
        end
        local input, chunks, from = table.concat(words), {}, 1
        while from <= #input do
          local size = random(6) == 1 and random(30) or random(4)
          chunks[#chunks + 1] = input:sub(from, from + size - 1)
          from = from + size
        end
        local one, other = make(), make()
        local records, message = cuts.run(one, { input })
        local cut_records, cut_message = cuts.run(other, chunks)
        local what = ("subject %d, round %d, %q"):format(number, round, input)
        local same = expect(text(cut_records), text(records), what)
        same = expect(cut_message and cut_message:match "^%u+", message and message:match "^%u+", what) and same
        if not message then
          local left, cut_left = one:get_pending(), other:get_pending()
          same = expect(cut_left and table.concat(cut_left), left and table.concat(left), what) and same
        end
        if not same then return end
      end
    end
    warn "@on"
  end, 60)
end)
