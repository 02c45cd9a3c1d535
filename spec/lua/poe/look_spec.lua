--- Tables, help and readable values; what a terminal adds is in prompt_spec.lua.
local poe = require "poe"
local look = poe.look

--- Functions that print into a list, and the list.
local function new(width, more)
  local lines = {}
  local opts = { print = function(line) lines[#lines + 1] = line end, width = function() return width end }
  for key, value in pairs(more or {}) do opts[key] = value end
  return look.new(opts), lines
end

local function clear(lines)
  for i = #lines, 1, -1 do lines[i] = nil end
end

describe("tables of poe.look", function()
  it("fit any width, and say what is there", function(expect)
    expect.within(function()
      local reader, writer = poe.pipe()
      local s = poe.spawn { _start = function()
        KERNEL:alias_set "worker"
        KERNEL:delay_set("later", 100)
        KERNEL:delay_set("sooner", 50)
        KERNEL:select_read(reader, "readable")
      end, job = function() end }
      poe.spawn { _start = function() KERNEL:delay("x", 0.01) end, x = function() end }
      post(s, "job", { 1, "two" }, "thr\27ee", 4)
      for _, width in ipairs { 8, 20, 35, 80, 200 } do
        local functions, lines = new(width)
        for _, name in ipairs { "ps", "queue", "timers", "handles", "tree", "top" } do
          functions[name]()
          expect(#lines >= 2, true, name)
          for _, line in ipairs(lines) do expect(utf8.len(line) <= width, true, ("%s: %q at %d"):format(name, line, width)) end
          clear(lines)
        end
        functions.why(s)
        expect(#lines >= 3, true)
      end
      local functions, lines = new(200)
      functions.queue()
      expect.match(lines[2], '^job +%d+ +%d+ +post +{ 1, "two" }, "thr\\27ee", 4$')
      clear(lines)
      functions.timers()
      expect.match(lines[3], "^ *50%.0s  sooner +" .. s:ID() .. "  worker$")
      expect.match(lines[4], "^ *100%.0s  later")
      clear(lines)
      functions.handles()
      expect.match(table.concat(lines, "\n"), "\n *" .. reader:fileno() .. "  read  readable +" .. s:ID() .. "  worker")
      clear(lines)
      functions.ps()
      local row
      for _, line in ipairs(lines) do row = line:match(("^ *%d +worker.*"):format(s:ID())) or row end
      expect.match(row, "worker +" .. SESSION:ID() .. " +1 +%d+ +%S+ +event, 2 timers, handle, alias$")
      clear(lines)
      functions.tree()
      expect.match(table.concat(lines, "\n"), "─ session " .. s:ID() .. " %(worker%)")
      KERNEL:signal(s, "KILL")
      writer:close()
    end)
  end)

  it("say what is wrong with a session", function(expect)
    expect.within(function()
      expect.raises("bad argument #1 to 'why' (session, ID or alias expected, got no value)", function() look.why() end)
      expect.raises("why: there is no session 99999", function() look.why(99999) end)
      expect.raises('trace: there is no session 77777', function() look.trace(77777) end)
    end)
  end)

  it("top goes on until q, and counts anew", function(expect)
    local keys, screens = { "x", false, "q" }, 0
    local functions, lines = new(80, { read_key = function(seconds)
      expect(seconds, 1)
      return table.remove(keys, 1) or nil
    end, clear = function() screens = screens + 1 end, height = function() return 10 end })
    functions.top()
    expect(screens, 3)
    expect.match(lines[1], "sessions, %d+ queued, %d+ timers, %d+ handles; q leaves$")
  end)

  it("pages by screens and lines, until q", function(expect)
    local keys = { "\r", " ", "q" }
    local functions, lines = new(20, { height = function() return 5 end,
      read_key = function() return table.remove(keys, 1) end, more = function() end })
    functions.page(("line\n"):rep(100))
    expect(#lines, 4 + 1 + 4)
    clear(lines)
    local all = new(20, { print = function(line) lines[#lines + 1] = line end })
    all.page(("line\n"):rep(100))
    expect(#lines, 100)
  end)
end)

describe("help", function()
  it("has a line of text, or parameters, for every public name", function(expect)
    local functions, lines = new(80)
    local names = look.help_names()
    expect(#names > 300, true)
    for _, name in ipairs(names) do
      clear(lines)
      functions.help(name)
      expect(lines[1] and not lines[1]:find "^no help", true, name)
      expect(#lines > 1, true, name)
    end
  end)

  it("finds functions and classes by value", function(expect)
    local functions, lines = new(100)
    local socket <close> = poe.socket.pair()
    for wanted, value in pairs { ["poe.post"] = poe.post, ["KERNEL:delay_set"] = KERNEL.delay_set,
        ["poe.wheel.ReadWrite.new"] = poe.wheel.ReadWrite.new, ["poe.wheel.ReadWrite:put"] = poe.wheel.ReadWrite.put,
        ["poe.filter.Line.new"] = poe.filter.Line.new, ["poe.sleep"] = poe.sleep, ["poe.connect"] = poe.connect,
        ["session:why"] = getmetatable(poe.spawn {}).__index.why,
        ["poe.wheel.Run"] = poe.wheel.Run } do
      clear(lines)
      functions.help(value)
      expect(lines[1]:match "^[^(]*":gsub("^post$", "poe.post"), (wanted))
    end
    clear(lines)
    functions.help(socket)
    expect.match(lines[1] or "", "poe.Socket")
    clear(lines)
    functions.help(function() end)
    expect.match(lines[1], "^no help for function")
  end)

  it("covers what meta_spec finds: kernel, session and module names", function(expect)
    local functions, lines = new(100)
    local function covered(class, prefix)
      for name, value in pairs(class) do
        if type(value) == "function" and not name:find "^__" then
          clear(lines)
          functions.help(prefix .. name)
          expect(lines[1]:find "^no help", nil, prefix .. name)
        end
      end
    end
    covered(getmetatable(KERNEL).__index, "KERNEL:")
    covered(getmetatable(poe.spawn {}).__index, "session:")
    covered(poe, "poe.")
    for name in pairs { ReadWrite = 1, Run = 1, FollowTail = 1, ListenAccept = 1, SocketFactory = 1, ReadLine = 1 } do
      clear(lines)
      functions.help("poe.wheel." .. name)
      expect.match(lines[1], "^poe%.wheel%." .. name)
      expect(#lines > 3, true)
    end
  end)
end)

describe("inspect", function()
  it("shows values as they are written", function(expect)
    local i = look.inspect
    expect(i(nil), "nil")
    expect(i(0.1), "0.1")
    expect(i "a\"b\\\n\0\xffé\u{301}", '"a\\"b\\\\\\n\\x00\\xFFé\u{301}"')
    expect(i {}, "{}")
    expect(i { 1, 2, x = true, ["not a name"] = 1, [10] = 10, ["end"] = 0 },
      '{ 1, 2, [10] = 10, ["end"] = 0, ["not a name"] = 1, x = true }')
    local cycle = {}
    cycle.me = { cycle }
    expect(i(cycle), "{ me = { <cycle> } }")
    local shared = { 1 }
    expect(i { shared, shared }, "{ { 1 }, { 1 } }")
    expect(i(setmetatable({ 1 }, { __name = "thing" })), "thing { 1 }")
    expect(i(setmetatable({}, { __tostring = function() return "mine" end })), "mine")
    expect(i(setmetatable({}, { __tostring = function() error "x" end })), "<table: error in __tostring>")
    expect(i(setmetatable({ a = 1 }, { __index = error, __pairs = error, __len = error })), "{ a = 1 }")
    expect.match(i(print), "^function: ")
    expect.match(i(function() end), "^function <.*look_spec%.lua:%d+>$")
    expect.match(i(KERNEL), "^kernel$")
  end)

  it("breaks lines, and cuts what is deep, long or many", function(expect)
    expect(look.inspect({ alpha = { 1, 2 }, beta = "some text", gamma = { x = 1 } }, { width = 30 }),
      '{\n  alpha = { 1, 2 },\n  beta = "some text",\n  gamma = { x = 1 }\n}')
    local many = {}
    for n = 1, 1000 do many[n] = n end
    expect.match(look.inspect(many, { items = 10 }), "9, 10, %.%.%. 990 more")
    expect.match(look.inspect({ { { {} } , { { 1 } } } }, { depth = 2 }), "^{ { table: 0x%x+, table: 0x%x+ } }$")
    expect(look.inspect({ ("x"):rep(5000) }, { bytes = 10 }), '{ "xxxxxxxxxx"... (5000 bytes) }')
    for _, width in ipairs { 20, 40, 80 } do
      for line in look.inspect(many, { width = width }):gmatch "[^\n]+" do expect(#line <= width, true) end
    end
  end)
end)
