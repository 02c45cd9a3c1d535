--- FollowTail: what the files did, and what was told of it.  Each look that finds no more is told as
--- idle, which is when the next step of a test is taken: no test depends on how fast anything is.
local poe = require "poe"
local FollowTail = poe.wheel.FollowTail
local FAST <const> = 0.001

local function write(path, text, mode)
  local file <close> = assert(io.open(path, mode or "a"))
  assert(file:write(text))
end

local function run(command, ...)
  assert(os.execute(command:format(...)), command)
end

--- Removed when the tests, which hold it, are over.
local root = setmetatable({ made = 0 }, { __gc = function(self) run("rm -r %s", self.path) end })
do
  local pipe <close> = assert(io.popen "mktemp -d")
  root.path = pipe:read "l"
end

--- A path in a new folder of its own, and that.
local function new_path(text)
  root.made = root.made + 1
  local folder = ("%s/%d"):format(root.path, root.made)
  run("mkdir %s", folder)
  if text then write(folder .. "/log", text) end
  return folder .. "/log", folder
end

--- How many descriptors this process has open on files below a folder.
local function open_in(folder)
  local pipe <close> = assert(io.popen(("ls -l /proc/%d/fd | grep -c -F %s/"):format(poe.pid(), folder)))
  return tonumber(pipe:read "l")
end

--- A session that follows, notes what comes and takes a step whenever nothing new was found.  A step is
--- a function, given the wheel, or a text to append to the file; then the wheel is closed.
local function follow(expect, params, steps, states)
  local at = 0
  local all = {
    _start = function()
      HEAP.wheel = FollowTail.new(params)
    end,
    input = function(record) expect.log("in", record) end,
    reset = function() expect.log "reset" end,
    failed = function(op, code) expect.log("error", op, code) end,
    idle = function()
      at = at + 1
      local step = steps[at]
      if type(step) == "string" then
        write(params.filename, step)
      elseif step then
        step(HEAP.wheel)
      else
        HEAP.wheel:close()
      end
    end,
  }
  for name, fn in pairs(states or {}) do all[name] = fn end
  params.poll_interval = params.poll_interval or FAST
  params.input_event, params.idle_event, params.reset_event, params.error_event = "input", "idle",
    "reset", "failed"
  poe.Session.create { inline_states = all }
  expect.run()
end

describe("FollowTail", function()
  it("skips whole lines and finishes the unfinished one (R278)", function(expect)
    local path = new_path "old1\nold2\npart"
    follow(expect, { filename = path }, { "ial\n", "new\n" })
    expect.logged { "in partial", "in new" }
  end)

  it("looks back no more than 4096 octets for the unfinished line", function(expect)
    local path = new_path("old\n" .. ("x"):rep(5000))
    follow(expect, { filename = path }, { "y\nnew\n" })
    expect.logged { "in " .. ("x"):rep(4096) .. "y", "in new" }
  end)

  it("begins where seek or seek_back says (R279)", function(expect)
    local function from(params)
      params.filename = new_path "old1\nold2\n"
      follow(expect, params, { "new\n" })
    end
    from { seek = 0 }
    expect.logged { "in old1", "in old2", "in new" }
    from { seek = 5 }
    expect.logged { "in old2", "in new" }
    from { seek_back = 5 }
    expect.logged { "in old2", "in new" }
    from { seek_back = 0 }
    expect.logged { "in new" }
    for _, beyond in ipairs { 10, 11, 1e6, math.maxinteger, 2.0 ^ 62 } do
      from { seek = beyond }
      expect.logged { "in new" }
      from { seek_back = beyond }
      expect.logged { "in old1", "in old2", "in new" }
    end
  end)

  it("waits for a file that is not there, and begins with a reset (R280)", function(expect)
    local path = new_path()
    follow(expect, { filename = path, seek = 3 }, { function() expect.log "missing" end, "first\n", "2nd\n" })
    expect.logged { "missing", "reset", "in first", "in 2nd" }
  end)

  it("polls once per interval (R281)", function(expect)
    local path, began = new_path "x\n", poe.hrtime()
    local wait = function() end
    follow(expect, { filename = path, poll_interval = 0.05 }, { wait, wait, wait })
    local took = (poe.hrtime() - began) / 1e9
    expect.yes(took >= 0.149, took)
  end)

  it("reads a truncated file from its beginning (R282)", function(expect)
    local path = new_path "old\n"
    follow(expect, { filename = path }, { "a\n", function() write(path, "", "w") end, "b\n",
      function() write(path, "c\n", "w") end })
    expect.logged { "in a", "reset", "in b", "reset", "in c" }
  end)

  it("notices a file that shrinks and grows between two polls, however far", function(expect)
    local path = new_path "1234567\n"
    follow(expect, { filename = path, seek = 0 }, {
      function() write(path, "abcdefg\n", "w") end, "more\n",
      function() write(path, "a longer text than before\n", "w") end,
      function() write(path, "x\n", "w") end })
    expect.logged { "in 1234567", "reset", "in abcdefg", "in more", "reset",
      "in a longer text than before", "reset", "in x" }
  end)

  it("does not read the hole of a writer that goes on behind a truncation", function(expect)
    local path = new_path()
    local writer = assert(io.open(path, "w"))
    writer:setvbuf "no"
    writer:write "one\n"
    local function two() writer:write "two\n" end
    follow(expect, { filename = path, seek = 0 }, { two, function() write(path, "", "w") end,
      function() writer:write "three\n" end, function() write(path, "", "w") writer:write "four\n" end, two })
    expect.logged { "in one", "in two", "reset", "in three", "reset", "in four", "in two" }
    writer:close()
  end)

  it("finishes the old file before the one that takes its place (R283)", function(expect)
    local path = new_path "old\n"
    follow(expect, { filename = path }, { function()
      write(path, "last\n")
      os.rename(path, path .. ".1")
      write(path .. ".1", "very last\n")
      write(path, "n1\n")
    end, "n2\n" })
    expect.logged { "in last", "in very last", "reset", "in n1", "in n2" }
  end)

  it("follows a name that is gone for a while (R284)", function(expect)
    local path = new_path "old\n"
    follow(expect, { filename = path }, { function() os.remove(path) end, function() expect.log "gone" end,
      "n1\n" })
    expect.logged { "gone", "reset", "in n1" }
  end)

  it("reads what is still written to a file without a name", function(expect)
    local path = new_path "old\n"
    local writer = assert(io.open(path, "a"))
    follow(expect, { filename = path }, { function() os.remove(path) end,
      function() writer:write "unseen\n" writer:close() end })
    expect.logged { "in unseen" }
  end)

  it("notices only truncation of a handle, which stays the script's (R285)", function(expect)
    local path = new_path "old\n"
    local handle <close> = assert(io.open(path))
    follow(expect, { handle = handle }, { function() write(path, "a\n") end,
      function() os.rename(path, path .. ".1") write(path, "other\n") end,
      function() write(path .. ".1", "b\n", "w") end })
    expect.logged { "in a", "reset", "in b" }
    expect(io.type(handle), "file")
    expect(handle:read "l", "b")
  end)

  it("reads on when the script closes the handle it gave", function(expect)
    local path = new_path "old\n"
    local handle = assert(io.open(path))
    follow(expect, { handle = handle }, { function()
      handle:close()
      write(path, "a\n")
    end })
    expect.logged { "in a" }
  end)

  it("tells where it reads (R288)", function(expect)
    local path = new_path "12345\n"
    local function tell(wheel) expect.log(wheel:tell()) end
    follow(expect, { filename = path }, { tell, "67\n", tell, function() write(path, "8\n", "w") end, tell })
    expect.logged { "6", "in 67", "9", "reset", "in 8", "2" }
  end)
end)

describe("FollowTail of something else than a plain file", function()
  it("takes records from a FIFO, whose end never comes (R286)", function(expect)
    local path = new_path()
    run("mkfifo %s", path)
    poe.spawn {
      _start = function()
        HEAP.wheel = FollowTail.new { filename = path, input_event = "input", idle_event = "never",
          reset_event = "never", error_event = "never" }
        post(SESSION, "put", "one\ntwo\nthr")
        KERNEL:delay("put", 0.02, "ee\n")
      end,
      put = function(text) write(path, text) end,
      input = function(record, id)
        expect.log(record, id == HEAP.wheel:ID())
        if record == "three" then
          expect(HEAP.wheel:tell(), 14)
          HEAP.wheel:close()
        end
      end,
      never = expect.never(),
    }
    expect.run()
    expect.logged { "one true", "two true", "three true" }
  end)

  it("tells the end of a socket, with what that completes (R287)", function(expect)
    local function end_of(filter)
      poe.spawn {
        _start = function()
          local far, near = poe.socket.pair()
          HEAP.wheel = FollowTail.new { handle = near, input_event = "input", error_event = "failed",
            filter = filter }
          far:write "one\nunfinished"
          far:close()
        end,
        input = function(record) expect.log(record) end,
        failed = function(op, code, message, id)
          expect.log(op, code, message:match "^%u+", id == HEAP.wheel:ID())
        end,
      }
      expect.run()
    end
    end_of(nil)
    expect.logged { "one", "read EOF EOF true" }
    end_of(poe.filter.Line.new { final = true })
    expect.logged { "one", "unfinished", "read EOF EOF true" }
  end)

  it("watches a FIFO that appears where a file was waited for", function(expect)
    local path = new_path()
    follow(expect, { filename = path }, { function() run("mkfifo %s", path) end }, {
      reset = function()
        expect.log "reset"
        write(path, "hello\n")
      end,
      input = function(record)
        expect.log(record)
        HEAP.wheel:close()
      end,
    })
    expect.logged { "reset", "hello" }
  end)

  it("refuses a handle that is watched", function(expect)
    expect.within(function()
      local a, b = poe.socket.pair()
      KERNEL:select_read(a, "x")
      expect.raises_like("^FollowTail: EBUSY: descriptor %d+: another wheel or select has it$",
        function() FollowTail.new { handle = a, input_event = "x" } end)
      KERNEL:select_read(a)
      a:close()
      b:close()
    end)
  end)
end)

describe("FollowTail: misuse", function()
  it("raises, naming the field and what was found (R289)", function(expect)
    local path, folder = new_path "x\n"
    expect.within(function()
      local function bad(text, params)
        expect.raises("FollowTail: " .. text, function() FollowTail.new(params) end)
      end
      bad(("filename and handle exclude each other, got %q and 0"):format(path),
        { filename = path, handle = 0, input_event = "x" })
      bad("filename or handle required, got none", { input_event = "x" })
      bad("seek and seek_back exclude each other, got 1 and 2",
        { filename = path, seek = 1, seek_back = 2, input_event = "x" })
      bad("input_event required, got nil", { filename = path })
      bad("input_event required, got false", { filename = path, input_event = false })
      bad(("filename must not be a directory, got %q"):format(folder), { filename = folder, input_event = "x" })
      bad("unknown field 'file'", { file = path, input_event = "x" })
      bad("filename must be a string, got 7", { filename = 7, input_event = "x" })
      bad('filename must not contain a zero byte, got "a\\0b"', { filename = "a\0b", input_event = "x" })
      bad("poll_interval must be above 0, got 0", { filename = path, input_event = "x", poll_interval = 0 })
      bad("poll_interval must be a number of seconds, got -1",
        { filename = path, input_event = "x", poll_interval = -1 })
      bad("handle: socket, file or descriptor expected, got table", { handle = {}, input_event = "x" })
      bad("handle: no descriptor: -1", { handle = -1, input_event = "x" })
      for _, name in ipairs { "seek", "seek_back" } do
        for shown, value in pairs { ["-1"] = -1, ["nan"] = 0 / 0, ["inf"] = 1 / 0, ["0.5"] = 0.5, ['"9"'] = "9",
          ["1e+300"] = 1e300, ["true"] = true, ["-9223372036854775808"] = math.mininteger } do
          bad(("%s must be an integer of 0 or more, got %s"):format(name, shown),
            { filename = path, input_event = "x", [name] = value })
        end
      end
      local closed = io.open(path)
      closed:close()
      bad("handle must be open, got file (closed)", { handle = closed, input_event = "x" })
      local opened <close> = io.open(folder)
      bad("handle must not be a directory, got " .. tostring(opened), { handle = opened, input_event = "x" })
      local one, two = poe.socket.pair()
      bad("seek is for plain files only, got 1", { handle = one, input_event = "x", seek = 1 })
      bad("seek_back is for plain files only, got 9", { handle = two, input_event = "x", seek_back = 9 })
    end)
    collectgarbage()
    expect(open_in(folder), 0)
  end)

  it("changes events, but cannot take input_event away", function(expect)
    local path = new_path "x\n"
    follow(expect, { filename = path }, { function(wheel)
      wheel:event { input_event = "other", reset_event = false }
      expect.raises("FollowTail: input_event cannot be taken away, got false",
        function() wheel:event { input_event = false } end)
      expect.raises("FollowTail: 'seek' is not an event", function() wheel:event { seek = 1 } end)
      expect.raises("FollowTail: unknown field 'x'", function() wheel:event { x = "y" } end)
      write(path, "new\n", "w")
    end, function(wheel)
      wheel:close()
      wheel:close()
      expect(tostring(wheel), ("poe.wheel.FollowTail(%d) closed"):format(wheel:ID()))
      expect.raises(("FollowTail: event: wheel %d is closed"):format(wheel:ID()),
        function() wheel:event { input_event = "x" } end)
    end }, { other = function(record) expect.log("other", record) end })
    expect.logged { "other new" }
  end)
end)

describe("FollowTail: the world", function()
  it("tells an error once, polls on and finds the file in the end", function(expect)
    local path = new_path()
    run("ln -s log %s", path) -- a link to itself
    follow(expect, { filename = path }, { function() end, function() os.remove(path) end, function() end,
      "there\n" })
    expect.logged { "error open ELOOP", "reset", "in there" }
  end)

  it("tells that it may not read, as it may not with any error", function(expect)
    local path = new_path "x\n"
    run("chmod 000 %s", path)
    local readable = io.open(path)
    if readable then -- root may
      readable:close()
      os.remove(path)
      run("ln -s %s %s", path, path)
    end
    follow(expect, { filename = path }, { function() os.remove(path) end, "new\n" })
    expect.logged { readable and "error open ELOOP" or "error open EACCES", "reset", "in new" }
  end)

  it("tells of a directory that appears", function(expect)
    local path = new_path()
    follow(expect, { filename = path }, { function() run("mkdir %s", path) end,
      function() run("rmdir %s", path) end, "now\n" })
    expect.logged { "error open EISDIR", "reset", "in now" }
  end)

  it("waits when the folder goes, and follows when it is back", function(expect)
    local path, folder = new_path "x\n"
    follow(expect, { filename = path }, { function() run("rm -r %s", folder) end, function() end,
      function()
        run("mkdir %s", folder)
        write(path, "back\n")
      end })
    expect.logged { "reset", "in back" }
    write(folder .. "x", "")
    follow(expect, { filename = folder .. "x/log" }, { function()
      run("rm %sx && mkdir %sx && echo dir > %sx/log", folder, folder, folder)
    end })
    expect.logged { "reset", "in dir" }
  end)

  it("tells when a descriptor cannot be read", function(expect)
    local path = new_path "x\n"
    local handle <close> = io.open(path, "a")
    follow(expect, { handle = handle }, {})
    expect.logged { "error read EBADF" }
  end)
end)

describe("FollowTail: rotation", function()
  it("loses no line in a storm of rotations", function(expect)
    local path = new_path ""
    local n, lines, resets = 0, {}, 0
    local function put(to)
      for _ = 1, 7 do
        n = n + 1
        write(to, ("line %d\n"):format(n))
      end
    end
    local steps = {}
    for i = 1, 100 do
      steps[i] = function()
        put(path)
        os.rename(path, path .. "." .. i)
        put(path .. "." .. i)
        if i % 3 == 0 then write(path .. "." .. i, "unfinished") end
        if i % 2 == 0 then put(path) else write(path, "") end
      end
    end
    follow(expect, { filename = path }, steps, {
      input = function(line) lines[#lines + 1] = line end,
      reset = function() resets = resets + 1 end,
    })
    expect(resets, 100)
    expect(#lines, n)
    for i, line in ipairs(lines) do
      if line ~= "line " .. i then return expect(line, "line " .. i) end
    end
  end)

  it("loses no line of another process that writes and rotates at the same time", function(expect)
    local path, folder = new_path()
    local rotations = expect.heavy(100) + 1
    write(folder .. "/writer.lua", [[
      local path, ack, rotations = arg[1], arg[2], tonumber(arg[3])
      local n = 0
      local function put(log, count)
        for _ = 1, count do
          n = n + 1
          assert(log:write("line ", n, "\n"))
        end
      end
      for i = 1, rotations do
        local log = io.open(path, "a")
        log:setvbuf(i % 2 == 0 and "no" or "full", 50)
        put(log, i % 30)
        repeat -- until this is the file that is followed
          local seen = io.open(ack)
          local resets = seen and seen:read "n"
          if seen then seen:close() end
        until resets == i
        put(log, 30)
        if i < rotations then os.rename(path, path .. "." .. i) end
        put(log, i % 7)
        if i == rotations then log:write "bye\n" end
        log:close()
      end
    ]])
    local n, resets, wrong, writing = 0, 0, nil, false
    follow(expect, { filename = path, seek = 0 }, {}, {
      input = function(line)
        if line == "bye" then return HEAP.wheel:close() end
        n = n + 1
        if line ~= "line " .. n then wrong = wrong or line .. " is number " .. n end
      end,
      idle = function()
        if writing then return end
        writing = true
        run("%s %s/writer.lua %s %s/ack %d &", os.getenv "POE" or "build/release/poe", folder, path, folder,
          rotations)
      end,
      reset = function()
        resets = resets + 1
        write(folder .. "/new", tostring(resets), "w")
        os.rename(folder .. "/new", folder .. "/ack")
      end,
    })
    expect(wrong, nil)
    expect(resets, rotations)
    local want = 0
    for i = 1, rotations do want = want + i % 30 + 30 + i % 7 end
    expect(n, want)
  end, 20)

  it("delivers the unfinished line of the old file to those who want it, before the reset", function(expect)
    local path = new_path ""
    follow(expect, { filename = path, filter = poe.filter.Line.new { final = true } }, { "one\nunfinished",
      function() os.rename(path, path .. ".1") write(path, "two\nunf") end,
      function() write(path, "3\n", "w") end })
    expect.logged { "in one", "in unfinished", "reset", "in two", "in unf", "reset", "in 3" }
  end)

  it("drops it otherwise, when the reset has been told", function(expect)
    local path, filter = new_path "", poe.filter.Line.new()
    follow(expect, { filename = path, filter = filter }, { "one\nunfinished",
      function() os.rename(path, path .. ".1") write(path, "two\n") end },
      { reset = function() expect.log("reset", filter:get_pending()) end })
    expect.logged { "in one", 'reset { "unfinished" }', "in two" }
  end)

  local function logrotate(folder, how)
    write(folder .. "/conf", ("%s/log {\n rotate 30\n nocompress\n nomail\n %s\n}\n"):format(folder, how), "w")
    run("PATH=$PATH:/usr/sbin:/sbin logrotate --force --state %s/state %s/conf", folder, folder)
  end

  it("works with logrotate, create", function(expect)
    local path, folder = new_path ""
    run("chmod 755 %s", folder)
    local want, steps = {}, {}
    for i = 1, 20 do
      steps[i] = function()
        write(path, ("before %d\n"):format(i))
        logrotate(folder, "create 600")
        write(path, ("after %d\n"):format(i))
        table.move({ "in before " .. i, "reset", "in after " .. i }, 1, 3, #want + 1, want)
      end
    end
    follow(expect, { filename = path }, steps)
    expect.logged(want)
  end, 20)

  it("works with logrotate, copytruncate", function(expect)
    local path, folder = new_path ""
    run("chmod 755 %s", folder)
    local writer <close> = assert(io.open(path, "a"))
    writer:setvbuf "line"
    local want, steps = {}, {}
    for i = 1, 20 do
      steps[#steps + 1] = function() writer:write(("before %d\n"):format(i)) end
      steps[#steps + 1] = function()
        logrotate(folder, "copytruncate")
        writer:write(("after %d\n"):format(i))
      end
      table.move({ "in before " .. i, "reset", "in after " .. i }, 1, 3, #want + 1, want)
    end
    follow(expect, { filename = path }, steps)
    expect.logged(want)
  end, 20)
end)

describe("FollowTail: records", function()
  it("are the same for every cut between two polls", function(expect)
    local text = "one\r\n\ntwo\n\rthree\rfour\n"
    for cut = 0, #text do
      local path = new_path ""
      follow(expect, { filename = path }, { text:sub(1, cut), text:sub(cut + 1) })
      expect.logged { "in one", "in ", "in two", "in three", "in four" }
    end
    local path, steps = new_path "", {}
    for i = 1, #text do steps[i] = text:sub(i, i) end
    follow(expect, { filename = path }, steps)
    expect.logged { "in one", "in ", "in two", "in three", "in four" }
  end)

  it("may be cut by any filter, in reads of any size", function(expect)
    local path = new_path()
    follow(expect, { filename = path, filter = poe.filter.Block.new { block_size = 3 },
      driver = poe.driver.SysRW.new { block_size = 2 } }, { "abcdefgh", "i" })
    expect.logged { "reset", "in abc", "in def", "in ghi" }
  end)

  it("go on with the next line when one is too long", function(expect)
    local path = new_path()
    local filter = poe.filter.Line.new { max_length = 5, literal = "\n" }
    follow(expect, { filename = path, filter = filter }, { "ok\ntoo long", " and longer", " still\nnext\n",
      "much too long\nfine\nagain too long\nfine\ntoo long to the end\n", "good\n" })
    expect.logged { "reset", "in ok", "error read EMSGSIZE", "in next", "error read EMSGSIZE", "in fine",
      "error read EMSGSIZE", "in fine", "error read EMSGSIZE", "in good" }
    path = new_path "a line that is too long\r\nok\r\na second long one\rpart"
    follow(expect, { filename = path, filter = poe.filter.Line.new { max_length = 6 } }, { "ial\n\rb\r",
      "\nand another one", "\r\nthe end\r\n", "the end\r\nend", "ing\n" })
    expect.logged { "error read EMSGSIZE", "in b", "error read EMSGSIZE", "error read EMSGSIZE",
      "error read EMSGSIZE", "in ending" }
  end)

  it("go on behind what a script's filter cannot read", function(expect)
    local path = new_path()
    local filter = poe.filter.Stackable.new { filters = { poe.filter.Line.new(), poe.filter.Map.new {
      get = function(line) return line == "bad" and error("no", 0) or line:upper() end,
      put = function(line) return line end } } }
    follow(expect, { filename = path, filter = filter }, { "a\nbad\n", "b\n" })
    expect.logged { "reset", "in A", "error read EBADMSG", "in B" }
  end)

  it("of a huge file hold up nobody, and do not pile up", function(expect)
    local lines = expect.heavy(200000)
    local path = new_path(("%019d\n"):rep(lines):gsub("%%019d", "0123456789012345678"))
    collectgarbage()
    local seen, turns, most, base = 0, 0, 0, collectgarbage "count" -- KiB
    poe.spawn {
      _start = function()
        HEAP.wheel = FollowTail.new { filename = path, seek = 0, input_event = "input", idle_event = "idle" }
        yield "turn"
      end,
      input = function() seen = seen + 1 end,
      turn = function()
        turns = turns + 1
        if turns % 50 == 1 then
          collectgarbage()
          most = math.max(most, collectgarbage "count")
        end
        if not HEAP.wheel.closed then yield "turn" end
      end,
      idle = function() HEAP.wheel:close() end,
    }
    expect.run()
    expect(seen, lines)
    expect.yes(turns >= lines * 20 // 65536, turns)
    expect.yes(most > 0 and most - base < 1024, most - base)
  end)

  it("of a thousand files come together", function(expect)
    local count = expect.heavy(1000)
    local _, folder = new_path()
    local got, wheels, open = 0, {}, 0
    poe.spawn {
      _start = function()
        for i = 1, count do
          write(folder .. "/" .. i, "old\n")
          local wheel = FollowTail.new { filename = folder .. "/" .. i, poll_interval = 0.05, input_event = "input" }
          wheels[wheel:ID()] = { wheel = wheel, name = folder .. "/" .. i }
        end
        open = open_in(folder)
        KERNEL:delay("go", 0.1)
      end,
      go = function()
        for _, entry in pairs(wheels) do write(entry.name, entry.name .. "\n") end
      end,
      input = function(record, id)
        got = got + 1
        expect(record, wheels[id].name)
        wheels[id].wheel:close()
      end,
    }
    expect.run()
    expect(open, count)
    expect(got, count)
    expect(open_in(folder), 0)
  end, 10)
end)

describe("FollowTail: ending", function()
  for _, event in ipairs { "input", "idle", "reset", "failed" } do
    it("may be closed in " .. event, function(expect)
      local path, folder = new_path()
      if event == "failed" then
        run("ln -s log %s", path)
      elseif event ~= "reset" then
        write(path, "a\nb\nc\n")
      end
      local function closing()
        expect.log(event)
        HEAP.wheel:close()
        expect(open_in(folder), 0)
        write(path .. ".x", "")
      end
      follow(expect, { filename = path, seek = 0 }, event == "reset" and { "a\n" } or {}, { [event] = closing })
      expect.logged(event == "idle" and { "in a", "in b", "in c", "idle" } or { event })
    end)
  end

  it("does not depend on the session that closes it", function(expect)
    local path = new_path "a\n"
    local wheel
    local function idle() post(HEAP.other, "close") end
    poe.spawn {
      _start = function()
        wheel = FollowTail.new { filename = path, input_event = "input", idle_event = "idle" }
        HEAP.other = poe.spawn { close = function() wheel:close() end }
      end,
      idle = idle, input = expect.never(),
    }
    expect.run()
  end)

  it("closes the file when its session is stopped", function(expect)
    local path, folder = new_path "a\n"
    local kept
    poe.spawn {
      _start = function() kept = FollowTail.new { filename = path, input_event = "input", idle_event = "idle",
        poll_interval = 1000 } end,
      idle = function()
        expect(SESSION:why()[1].kind, "wheel")
        KERNEL:signal(SESSION, "TERM")
      end,
      _stop = function() expect.log(open_in(folder)) end,
    }
    expect.run()
    expect(open_in(folder), 0)
    expect.logged { "1" }
    kept:close()
  end)

  it("lets a session end that has forgotten the wheel", function(expect)
    local path, folder = new_path "a\n"
    poe.spawn {
      _start = function()
        FollowTail.new { filename = path, input_event = "input", poll_interval = 1000 }
        yield "forget"
      end,
      forget = function() yield "collect" end,
      collect = function()
        collectgarbage()
        collectgarbage()
      end,
    }
    expect.run()
    expect(open_in(folder), 0)
  end)

  it("ends with a scope", function(expect)
    local path, folder = new_path "a\n"
    expect.within(function()
      local wheel <close> = FollowTail.new { filename = path, input_event = "input" }
      expect(tostring(wheel), ("poe.wheel.FollowTail(%d)"):format(wheel:ID()))
    end)
    expect(open_in(folder), 0)
  end)

  it("loses no record when a handler fails and its session goes on", function(expect)
    local path = new_path "a\nb\nc\nd\n"
    follow(expect, { filename = path, seek = 0, poll_interval = 1000 }, {}, {
      _start = function()
        HEAP.wheel = FollowTail.new { filename = path, seek = 0, poll_interval = 1000, input_event = "input",
          idle_event = "idle" }
        KERNEL:sig("DIE", "died")
      end,
      input = function(record)
        expect.log(record)
        error "input"
      end,
      died = function() KERNEL:sig_handled() end,
    })
    expect.logged { "a", "b", "c", "d" }
  end)

  it("loses no event when the handlers of all of them fail", function(expect)
    local path = new_path()
    local steps = { "a\n", function() write(path, "b\n", "w") end }
    local at = 0
    local function failing(name)
      return function(...)
        expect.log(name, name == "in" and ... or "")
        error(name)
      end
    end
    follow(expect, { filename = path }, {}, {
      _start = function()
        HEAP.wheel = FollowTail.new { filename = path, poll_interval = FAST, input_event = "input",
          idle_event = "idle", reset_event = "reset" }
        KERNEL:sig("DIE", "died")
      end,
      input = failing "in", reset = failing "reset",
      idle = function()
        at = at + 1
        if at == 1 then write(path, steps[1]) elseif at == 2 then steps[2]() else HEAP.wheel:close() end
        error "idle"
      end,
      died = function() KERNEL:sig_handled() end,
    })
    expect.logged { "reset ", "in a", "reset ", "in b" }
  end)

  it("ends with a session whose handler fails, and with no other", function(expect)
    local path, folder = new_path "a\nb\n"
    poe.spawn {
      _start = function()
        KERNEL:sig("DIE", "died")
        poe.spawn {
          _start = function()
            HEAP.wheel = FollowTail.new { filename = path, seek = 0, poll_interval = FAST, input_event = "input" }
          end,
          input = function(record)
            expect.log("one", record)
            KERNEL:signal(SESSION, "ZOMBIE")
            error "dead"
          end,
          _stop = function() expect.log "one stops" end,
        }
        poe.spawn {
          _start = function()
            HEAP.wheel = FollowTail.new { filename = path, poll_interval = FAST, input_event = "input",
              idle_event = "idle" }
          end,
          idle = function() HEAP.n = (HEAP.n or 0) + 1 if HEAP.n == 3 then write(path, "c\n") end end,
          input = function(record)
            expect.log("two", record)
            HEAP.wheel:close()
          end,
        }
      end,
      died = function() KERNEL:sig_handled() end,
    }
    expect.run()
    expect.logged { "one a", "one stops", "two c" }
    collectgarbage()
    expect(open_in(folder), 0)
  end)
end)
