--- poe --trace-file: what bindings/tracefile.c writes.
local POE = os.getenv "POE" or "build/release/poe"

-- JSON, as far as a trace file has it, and strictly ------------------------------------------

--- The value at `at` and the position after it; raises on anything that is no JSON.
local value

local function fail(text, at, what)
  error(("JSON: %s at byte %d: %s"):format(what, at, text:sub(at, at + 30)), 0)
end

local function space(text, at)
  return text:match("^[ \t\r\n]*()", at)
end

local function string_at(text, at)
  local body, after = text:match('^"([^"\\%c]*)"()', at)
  if body then return body, after end
  local parts, i = {}, at + 1
  while true do
    local plain, next_at = text:match('^([^"\\%c]*)()', i)
    parts[#parts + 1] = plain
    local char = text:sub(next_at, next_at)
    if char == '"' then return table.concat(parts), next_at + 1 end
    local hex = text:match("^\\u(%x%x%x%x)", next_at)
    if not hex then fail(text, next_at, "bad string") end
    parts[#parts + 1] = utf8.char(tonumber(hex, 16))
    i = next_at + 6
  end
end

local function list_at(text, at)
  local list = {}
  at = space(text, at + 1)
  if text:sub(at, at) == "]" then return list, at + 1 end
  while true do
    list[#list + 1], at = value(text, at)
    at = space(text, at)
    local char = text:sub(at, at)
    if char == "]" then return list, at + 1 end
    if char ~= "," then fail(text, at, "comma expected") end
    at = at + 1
  end
end

local function object_at(text, at)
  local object = {}
  at = space(text, at + 1)
  if text:sub(at, at) == "}" then return object, at + 1 end
  while true do
    local key
    at = space(text, at)
    if text:sub(at, at) ~= '"' then fail(text, at, "key expected") end
    key, at = string_at(text, at)
    at = space(text, at)
    if text:sub(at, at) ~= ":" then fail(text, at, "colon expected") end
    object[key], at = value(text, at + 1)
    at = space(text, at)
    local char = text:sub(at, at)
    if char == "}" then return object, at + 1 end
    if char ~= "," then fail(text, at, "comma expected") end
    at = at + 1
  end
end

function value(text, at)
  at = space(text, at)
  local char = text:sub(at, at)
  if char == "{" then return object_at(text, at) end
  if char == "[" then return list_at(text, at) end
  if char == '"' then return string_at(text, at) end
  local number, after = text:match("^(%-?%d+%.?%d*)()", at)
  if number then return tonumber(number), after end
  if text:find("^true", at) then return true, at + 4 end
  fail(text, at, "value expected")
end

local function parse(text)
  assert(utf8.len(text), "the file is not UTF-8")
  local events, at = value(text, 1)
  if space(text, at) ~= #text + 1 then fail(text, at, "end expected") end
  return events
end

-- running ------------------------------------------------------------------------------------

local function slurp(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

--- Runs a script under --trace-file.  Returns the file's text, what came on the two outputs, the status.
local function run(script)
  local path = os.tmpname()
  local out, err, status = run_poe(script, { options = { "--trace-file=" .. path } })
  local text = slurp(path)
  os.remove(path)
  return text, out .. err, status
end

--- What a viewer makes of the events: the rows' names, the slices as a list with their depth in the
--- row, and the arrows.  Raises where a viewer would have to guess.
local function view(events)
  local rows, slices, arrows, open, started = {}, {}, {}, {}, {}
  local last = 0
  for _, event in ipairs(events) do
    assert(math.type(event.tid) == "integer" and math.type(event.pid) == "integer")
    assert(event.ts >= last, "time runs back")
    last = event.ts
    local stack = open[event.tid] or {}
    open[event.tid] = stack
    if event.ph == "M" then
      if event.name == "thread_name" then rows[event.tid] = event.args.name end
    elseif event.ph == "B" or event.ph == "X" then
      assert(rows[event.tid], "a slice in a row without a name")
      local slice = { name = event.name, tid = event.tid, from = event.ts, depth = #stack, to = event.ts,
        cat = event.cat }
      slices[#slices + 1] = slice
      if event.ph == "B" then stack[#stack + 1] = slice else stack.point = slice end
    elseif event.ph == "E" then
      local slice = assert(table.remove(stack), "an end without a beginning")
      slice.to, slice.raised = event.ts, event.args and event.args.raised
    elseif event.ph == "s" then
      local key = event.cat .. event.id
      assert(not started[key], "two arrows of one ID")
      started[key] = { from = assert(stack[#stack] or stack.point, "an arrow from no slice"), kind = event.cat }
    elseif event.ph == "f" then
      local arrow = assert(started[event.cat .. event.id], "an arrow that has not begun")
      assert(event.bp == "e")
      assert(not arrow.to, "an arrow that ends twice")
      arrow.to = assert(stack[#stack], "an arrow to no slice")
      arrows[#arrows + 1] = ("%s: %d %s -> %d %s"):format(arrow.kind, arrow.from.tid, arrow.from.name,
        arrow.to.tid, arrow.to.name)
      arrows[arrows[#arrows]] = (arrows[arrows[#arrows]] or 0) + 1
    else
      error("unknown phase " .. tostring(event.ph))
    end
  end
  for tid, stack in pairs(open) do assert(#stack == 0, "a slice stays open in row " .. tid) end
  return rows, slices, arrows
end

local function find(slices, tid, name)
  local found
  for _, slice in ipairs(slices) do
    if slice.tid == tid and slice.name == name then found = found or slice end
  end
  return assert(found, ("no slice '%s' in row %d"):format(name, tid))
end

describe("--trace-file", function()
  it("has a row per session, a slice per handler, an arrow per cause", function(expect)
    local text, said, status = run [[
local other
other = poe.spawn {
  _start = function() KERNEL:alias_set "other" KERNEL:alias_set "also" end,
  line = function() post(SENDER, "back") end,
  boom = function() error "boom" end,
  died = function() KERNEL:sig_handled() end,
  deep = function() return call(SENDER, "again") end,
}
poe.spawn {
  _start = function() yield "go" KERNEL:sig("USR1", "usr") KERNEL:sig("DIE", "died") end,
  go = function()
    post(other, "line")
    call(other, "deep")
    call(SESSION, "self")
    call(other, "boom")
    pcall(call, SESSION, "raise")
    KERNEL:delay("later", 0.01)
    KERNEL:delay("never", 99)
    KERNEL:delay "never"
    KERNEL:signal(SESSION, "USR1")
  end,
  self = function() yield "back" end,
  raise = function() error "raised" end,
  again = function() end,
  back = function() end,
  usr = function() end,
  died = function() KERNEL:sig_handled() end,
  later = function() local t = poe.hrtime() while poe.hrtime() - t < 2e6 do end end,
}
poe.spawn {
  _start = function() KERNEL:sig("DIE", "died") yield "boom" end,
  boom = function() error "boom" end,
  died = function() KERNEL:sig_handled() end,
}
]]
    -- the error in `other`, called from `go`, is nobody's: the run ends with it
    expect(status, 1)
    expect.yes(said:find("boom", 1, true))
    local rows, slices, arrows = view(parse(text))
    expect(rows, { "kernel", "session 2 (also, other)", "session 3", "session 4" })
    for _, arrow in ipairs {
      "call: 1 chunk -> 2 _start", "call: 1 chunk -> 3 _start", "post: 3 _start -> 3 go",
      "call: 3 go -> 2 deep", "call: 2 deep -> 3 again", "call: 3 go -> 3 self", "call: 3 go -> 2 boom",
      "call: 3 go -> 3 raise", "signal: 2 boom -> 1 DIE", "post: 4 _start -> 4 boom",
      "post: 3 go -> 2 line",
    } do
      expect.yes(arrows[arrow], arrow)
    end
    expect(find(slices, 2, "boom").raised, true)
    expect(find(slices, 4, "boom").raised, true)
    expect(find(slices, 2, "deep").raised, nil)
    local go, again = find(slices, 3, "go"), find(slices, 3, "again")
    expect(again.depth, 1)
    expect.yes(go.from <= again.from and again.to <= go.to)
    expect(find(slices, 3, "self").depth, 1)
    expect.yes(find(slices, 2, "_stop"))
    expect.yes(find(slices, 3, "_stop"))
  end)

  it("tells of timers, signals of the system, exceptions that are handled, sessions that stop", function(expect)
    local text, said, status = run [[
poe.spawn {
  _start = function()
    KERNEL:sig("USR1", "usr") KERNEL:sig("DIE", "died") KERNEL:delay("later", 0.01)
    KERNEL:delay("removed", 50)
    KERNEL:delay_set("adjusted", 50)
    poe.spawn { _start = function() KERNEL:delay("x", 0.001) end, x = function() error "x" end,
      _stop = function() end }
  end,
  _child = function(reason) KERNEL:sig_handled() end,
  died = function() KERNEL:sig_handled() end,
  later = function()
    KERNEL:delay "removed"
    KERNEL:alarm_remove_all()
    local t = poe.hrtime() while poe.hrtime() - t < 2e6 do end
    os.execute("kill -USR1 " .. poe.pid())
    KERNEL:delay("wait", 0.2)
  end,
  usr = function() end,
  wait = function() KERNEL:sig "USR1" end,
}
]]
    expect(said, "")
    expect(status, 0)
    local _, slices, arrows = view(parse(text))
    local later = find(slices, 2, "later")
    expect.yes(later.to - later.from >= 2000, "a slice is as long as its handler")
    for _, arrow in ipairs {
      "timer: 2 _start -> 2 later", "timer: 3 _start -> 3 x", "signal: 3 x -> 1 DIE",
      "call: 1 DIE -> 2 died", "signal: 1 USR1 -> 1 USR1", "call: 1 USR1 -> 2 usr",
      "timer: 2 later -> 2 wait", "call: 2 _start -> 3 _start", "call: 2 _start -> 2 _child",
    } do
      expect(arrows[arrow], 1, arrow)
    end
    expect.yes(find(slices, 3, "_stop"))
  end)

  it("escapes names and makes valid UTF-8 of them", function(expect)
    local text = run [[
local odd = 'q"b\\s\n\x7f \u{e4}\u{20ac}\u{1f600} \xff\xc3 \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82'
poe.spawn { _start = function() KERNEL:alias_set(odd) KERNEL:alias_set(("\u{20ac}"):rep(3000)) yield(odd) end,
  [odd] = function() end }
]]
    local rows, slices = view(parse(text))
    local good = 'q"b\\s\n\x7f \u{e4}\u{20ac}\u{1f600} \u{fffd}\u{fffd} \u{fffd}\u{fffd}\u{fffd} '
      .. "\u{fffd}\u{fffd}\u{fffd}\u{fffd} \u{fffd}\u{fffd}"
    expect.yes(find(slices, 2, good))
    expect.yes(rows[2]:find("session 2 (" .. good .. ", \u{20ac}\u{20ac}", 1, true))
    expect.yes(#rows[2] < 1100)
  end)

  it("is whole however the program ends", function(expect)
    local function ends(code, status)
      local text, _, got = run("poe.spawn { _start = function() yield 'x' end, x = function() " .. code .. " end }")
      expect(got, status, code)
      local _, slices = view(parse(text))
      expect.yes(find(slices, 2, "x"), code)
    end
    ends("", 0)
    ends("error 'x'", 1)
    ends("os.exit(3)", 3)
    ends("os.exit(4, true)", 4)
    ends("call(SESSION, 'y')", 0)
    local text = run "error 'in the chunk'"
    expect(select(2, view(parse(text)))[1].name, "chunk")
  end)

  it("can be read as far as it goes when a signal kills the program", function(expect)
    local text, _, status = run [[
poe.spawn { _start = function() KERNEL:delay("x", 0.05) KERNEL:delay("y", 20) end,
  x = function() pipe = io.popen("sleep 0.3; kill -TERM " .. poe.pid()) end }
]]
    expect(status, 143)
    local _, slices = view(parse(text .. "]"))
    expect.yes(find(slices, 2, "x"))
  end)

  it("streams: the file grows, memory does not", function(expect)
    local text, said = run [[
local function resident()
  for line in io.lines "/proc/self/status" do
    local kb = line:match "^VmRSS:%s*(%d+)"
    if kb then return tonumber(kb) end
  end
end
local n, first = 0, nil
poe.spawn { _start = function() yield "x" end,
  x = function()
    n = n + 1
    if n == 2000 then first = resident() end
    if n < 20000 then yield "x" else print(resident() - first < 2000 or resident() - first) end
  end }
]]
    if not POE:find "asan" then -- which keeps what was freed for a while
      expect(said, "true\n")
    end
    expect.yes(#text > 20000 * 200)
    expect.yes(text:find "\n%]\n$")
  end, 20)

  it("that cannot be written is told of once and does not hurt the program", function(expect)
    local function said(path)
      local out, err, status = run_poe([[
local n = 0
poe.spawn { _start = function() yield "x" end, x = function() n = n + 1 if n < 2000 then yield "x" else print "done" end end }
]], { options = { "--trace-file=" .. path } })
      expect(status, 0)
      expect(out, "done\n")
      return err
    end
    expect(said "/nonexistent/out.json",
      "poe: --trace-file: /nonexistent/out.json: no such file or directory\n")
    expect(said "/dev/full", "poe: --trace-file: /dev/full: no space left on device\n")
  end)
end)
