--- session:why() and KERNEL:trace().
describe("session:why", function()
  it("lists each reason with its kind, count and detail, by position and by name", function(expect)
    local s
    s = poe.spawn {
      _start = function()
        KERNEL:alias_set "logger"
        KERNEL:delay("flush", 60)
        KERNEL:refcount_increment(SESSION:ID(), "tag")
        HEAP.back = SESSION:postback "x"
        poe.spawn { _start = function() KERNEL:delay("end", 0.01) end, ["end"] = function() end }
        yield "go"
      end,
      go = expect.times(1, function()
        local kinds = {}
        for _, reason in ipairs(SESSION:why()) do
          expect(reason[1], reason.kind)
          expect(reason[2], reason.count)
          expect(reason[3], reason.detail)
          kinds[reason.kind] = reason
        end
        expect(kinds.timer.count, 1)
        expect.yes(kinds.timer.detail:match "^'flush' due in %d+%.%d s$")
        expect(kinds.refcount.detail, "'tag': 1")
        expect(kinds.postback.count, 1)
        expect(kinds.child.count, 1)
        expect(kinds.alias.detail, "'logger'")
        expect(kinds.event, nil)
        KERNEL:delay "flush"
        KERNEL:refcount_decrement(SESSION:ID(), "tag")
        HEAP.back:release()
        KERNEL:alias_remove "logger"
      end),
    }
    expect.run()
    expect(s:why(), {})
  end)

  it("tells of events for it and from it that are not handled yet", function(expect)
    local other = poe.spawn { x = function() end }
    local s = poe.spawn { _start = function() yield "mine" post(other, "x") end, mine = function() end }
    local found = {}
    for _, reason in ipairs(s:why()) do
      found[#found + 1] = reason.count .. " " .. reason.kind .. ": " .. reason.detail
    end
    expect(found, { "1 event: 'mine'", "1 event: sent to others, not handled yet" })
    expect.run()
  end)
end)

describe("KERNEL:trace", function()
  it("tells facts of the tags asked for on standard error, and what was on before", function(expect)
    local out, err = run_poe [[
io.write("[", KERNEL:trace "ev,ti", "]")
poe.spawn { _start = function() yield "x" end, x = function() io.write("[", KERNEL:trace(false), "]") yield "y" end, y = print }
]]
    expect(out, "[][ev,ti]\n")
    expect.yes(err:find "post 'x' to 2 from 2")
    expect.yes(err:find "run 'x' in 2 from 2")
    expect(err:find "'y'", nil)
    expect(err:find "keep", nil)
  end)

  it("raises a tag there is not", function(expect)
    local _, message = pcall(KERNEL.trace, KERNEL, "ev,zz")
    expect.yes(tostring(message):find("ev, ti, si, rc or fh expected, got 'zz'", 1, true))
  end)

  it("is an option of the command", function(expect)
    local poe_program = os.getenv "POE" or "build/release/poe"
    local pipe <close> = assert(io.popen(poe_program
      .. " --trace=rc -e 'poe.spawn { _start = function() end }' 2>&1"))
    local text = pipe:read "a"
    expect.yes(text:find("start 2, child of 1", 1, true))
    expect.yes(text:find("stop 2", 1, true))
    expect(text:find("run '_start'", 1, true), nil)
  end)
end)
