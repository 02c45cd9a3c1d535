local keys = require "poe.editor.keys"

describe("keys", function()
  it("are cut from input as terminals send them", function(expect)
    local list = { "a", "\1", "\127", "é", "中", "\27f", "\27é", "\27[A", "\27[1;5C", "\27[200~",
      "\27[?1;2c", "\27OA", "\27O5Q",
      "\27\27[A", "\27[[A", "\27[7$", "\27[1;2 q", "\xFF" }
    local input, i, got = table.concat(list) .. ".", 1, {}
    while i < #input do got[#got + 1], i = keys.next(input, i) end
    expect(got, list)
    for _, key in ipairs(list) do
      for n = 1, #key - 1 do
        if key ~= "\27\27[A" or n > 2 then
          expect({ keys.next(key:sub(1, n), 1) }, { nil, 1 }, ("%q"):format(key:sub(1, n)))
        end
      end
    end
    -- Answers and what is broken off are swallowed.
    expect({ keys.next("\27]11;rgb:1/2/3\7x", 1) }, { "", 16 })
    expect({ keys.next("\27P1$r\27\\x", 1) }, { "", 8 })
    expect({ keys.next("\27[12\1", 1) }, { "", 5 })
    expect({ keys.next("\27]" .. ("x"):rep(5000), 1) }, { "", 5003 })
  end)

  it("have names", function(expect)
    local names = {
      ["C-a"] = { "\1" }, ["Control-A"] = { "\1" }, ["C-?"] = { "\127" }, ["C-["] = { "\27" }, ["M-x"] = { "\27x" },
      ["Meta-space"] = { "\27 " }, ["M-C-h"] = { "\27\8" }, ["C-xC-r"] = { "\24\18" }, ["C-xm"] = { "\24m" },
      ["Up"] = { "\27[A", "\27OA" }, ["M-rubout"] = { "\27\127" }, ['"\\C-x\\e[A\\"\\\\\\101\\x41\\M-a"'] = { '\24\27[A"\\AA\27a' },
      ["x"] = { "x" }, ["-"] = { "-" }, ["M--"] = { "\27-" }, ["\27[A"] = { "\27[A" }, ["é"] = { "é" }, ["C-xDel"] = { "\24\27[3~" },
    }
    for name, wanted in pairs(names) do expect(keys.parse(name), wanted, name) end
    expect(keys.readable "\24\18\27f", "C-xC-rM-f")
    expect(keys.shown "\3", "^C")
  end)

  it("are bound and set free again, with what they begin", function(expect)
    local map = keys.maps().emacs
    expect(map.prefix["\24"] ~= nil, true)
    keys.bind(map, "\15\16x", "ding")
    expect({ map.prefix["\15"], map.prefix["\15\16"], map.prefix["\15\16x"] }, { 1, 1 })
    keys.bind(map, "\15y", "ding")
    keys.bind(map, "\15\16x", "undo")
    expect(map.prefix["\15"], 2)
    keys.bind(map, "\15\16x", nil)
    expect({ map.prefix["\15"], map.prefix["\15\16"] == nil }, { 1, true })
    keys.bind(map, "\27[5~", "ding")
    expect(map.prefix["\27"], nil)
  end)
end)
