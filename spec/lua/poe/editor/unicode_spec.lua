local unicode = require "poe.editor.unicode"

describe("unicode", function()
  it("knows how wide characters are", function(expect)
    local wide, none = { 0x1100, 0x115F, 0x231A, 0x2329, 0x3000, 0x3041, 0x4E2D, 0xAC00, 0xD7A3,
      0xF900, 0xFE30, 0xFF01,
      0xFF60, 0x1F300, 0x1F600, 0x1F9FF, 0x20000, 0x3FFFD },
        { 0x300, 0x36F, 0x483, 0x5BF, 0x1160, 0x11FF, 0x200B,
      0x200D, 0x20E3, 0xFE00, 0xFE0F, 0xFEFF, 0x1D167, 0xE0001, 0xE01EF }
    for _, code in ipairs(wide) do expect(unicode.width(code), 2, ("U+%04X"):format(code)) end
    for _, code in ipairs(none) do expect(unicode.width(code), 0, ("U+%04X"):format(code)) end
    for _, code in ipairs { 0x20, 0x41, 0xA0, 0xAD, 0xE9, 0x2FF, 0x370, 0x482, 0x10FF, 0x1200,
      0x2500, 0x303F, 0x4DC0,
      0xD7CB + 0x31, 0xFF61, 0xFFFD, 0x1F1E6, 0x1F650, 0x10FFFF } do
      expect(unicode.width(code), 1, ("U+%04X"):format(code))
    end
  end)

  it("takes for a character what utf8.len does, whatever the bytes", function(expect)
    local bytes = { "a", "\x7F", "\x80", "\xBF", "\xC0", "\xC2", "\xDF", "\xE0", "\xE2", "\xED",
      "\xEF", "\xF0", "\xF1",
      "\xF4", "\xF5", "\xFF", "\x90", "\x8F", "\x9F", "\xA0" }
    math.randomseed(1)
    for _ = 1, expect.heavy(20000) do
      local parts = {}
      for i = 1, 5 do parts[i] = bytes[math.random(#bytes)] end
      local text = table.concat(parts)
      local code, length, cut = unicode.decode(text, 1)
      local wanted
      for n = 1, 4 do
        if utf8.len(text:sub(1, n)) == 1 then wanted = n end
      end
      if (code and length) ~= wanted or not code and length ~= 1 or cut then
        return expect({ code, length, cut }, { wanted }, ("%q"):format(text))
      end
    end
    expect.yes(true)
    -- Cut is what can become a character yet.
    for _, code in ipairs { 0xE9, 0x4E2D, 0x10FFFF } do
      local text = utf8.char(code)
      for n = 1, #text - 1 do
        expect({ unicode.decode(text:sub(1, n), 1) }, { nil, 1, true }, text:sub(1, n))
      end
    end
    expect({ unicode.decode("\xED\xA0", 1) }, { nil, 1 })
  end)

  it("goes from cluster to cluster as a walk from the beginning does", function(expect)
    local pieces = { "a", "é", "中", "\u{301}", "\u{200D}", "👩", "\u{FE0F}", "\xFF", "\xE4\xB8",
      "\n", "\u{85}", "\9" }
    math.randomseed(2)
    for _ = 1, expect.heavy(3000) do
      local parts = {}
      for i = 1, math.random(12) do parts[i] = pieces[math.random(#pieces)] end
      local text = table.concat(parts)
      local begins, i = {}, 1
      while i <= #text do
        begins[#begins + 1] = i - 1
        i = unicode.cluster_end(text, i)
      end
      begins[#begins + 1] = #text
      for at = 0, #text do
        local next_one, before
        for _, place in ipairs(begins) do
          if place >= at and not next_one then next_one = place end
          if place < at then before = place end
        end
        if unicode.snap(text, at) ~= next_one or at > 0 and unicode.before(text, at) ~= before then
          return expect({ unicode.snap(text, at), at > 0 and unicode.before(text, at) },
            { next_one, before },
            ("%d in %q"):format(at, text))
        end
      end
    end
    expect(unicode.cluster_end("e\u{301}\u{FE0F}x", 1), 7 - 0)
    expect(unicode.cluster_end("👩\u{200D}👩x", 1), 12)
    expect(unicode.cluster_end("\u{301}\u{301}", 1), 3)
  end)

  it("shows what cannot be shown by name", function(expect)
    expect(unicode.visible "a\tb\27é\xFF\u{85}", "a^Ib^[é<FF><U+0085>")
    expect(unicode.columns "a中\u{301}", 3)
  end)
end)
