--- poe.NFA: what is not in the conformance pairs.
describe("NFA.spawn", function()
  it("raises what is wrong, naming it", function(expect)
    local function fails(text, spec)
      local ok, message = pcall(poe.NFA.spawn, spec)
      expect(ok, false)
      expect.yes(tostring(message):find(text, 1, true))
    end
    fails("table expected, got nil", nil)
    fails("spawn: unknown field 'states'", { states = {} })
    fails("inline_states, object_states or package_states expected", {})
    fails("spawn: inline_states must be a table, got number", { inline_states = 5 })
    fails("spawn: inline_states.one must be a table, got string", { inline_states = { one = "x" } })
    fails("state name must be a string, got number", { inline_states = { {} } })
    fails("event 'e' of state 'one' must be a function, got number", { inline_states = { one = { e = 1 } } })
    fails("has no method 'm'", { object_states = { one = { [{}] = { "m" } } } })
  end)

  it("takes object and package states, and a runstate", function(expect)
    local thing = { name = "thing", greet = expect.times(1, function(self)
      expect(self.name, "thing")
      expect(RUNSTATE, "shared")
      expect(MACHINE, SESSION)
      MACHINE:stop()
    end) }
    local machine = poe.NFA.spawn { runstate = "shared", object_states = { one = { [thing] = { hello = "greet" } } } }
    expect(machine:get_runstate(), "shared")
    expect(machine:get_current_state(), "(undef)")
    machine:goto_state("one", "hello")
    expect.run()
  end)

  it("R253 postbacks keep the machine, callbacks do not", function(expect)
    local back
    local machine = poe.NFA.spawn { inline_states = { one = {
      enter = function()
        back = MACHINE:postback "answer"
        MACHINE:callback "answer"
      end,
      answer = expect.times(1, function(_, theirs)
        expect(theirs[1], "x")
        back:release()
      end),
    } } }
    machine:goto_state("one", "enter")
    poe.spawn { _start = function() KERNEL:delay("later", 0.02) end, later = function() back "x" end }
    expect.run()
  end)
end)
