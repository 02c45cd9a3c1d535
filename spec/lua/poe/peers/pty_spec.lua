--- bash and others on a terminal of wheel Run's.

--- Runs a program on a terminal and talks to it: each step of the dialogue waits for a plain text in
--- what it says and then types something, or calls it.  Returns how it ended, and what it said after the last step.
local function converse(expect, program, dialogue, winsize)
  local text, ended, closed = "", nil, false
  poe.spawn {
    _start = function()
      HEAP.run = poe.wheel.Run.new {
        program = program, conduit = "pty", winsize = winsize, stdio_filter = poe.filter.Stream.new(),
        stdout_event = "said", close_event = "closed", error_event = "ended",
      }
      KERNEL:sig_child(HEAP.run:PID(), "exited")
      KERNEL:delay("late", 9)
    end,
    said = function(piece)
      text = text .. piece
      local step = dialogue[1]
      while step do
        local _, last = text:find(step[1], 1, true)
        if not last then return end
        text = text:sub(last + 1)
        table.remove(dialogue, 1)
        if type(step[2]) == "string" then HEAP.run:put(step[2]) else step[2](HEAP.run) end
        step = dialogue[1]
      end
    end,
    ended = function(op, code, _, _, name) expect({ op, code, name }, { "read", "EOF", "STDOUT" }) end,
    closed = function() closed = true end,
    exited = function(_, _, status, signal)
      ended = { status, signal }
      KERNEL:delay "late"
    end,
    late = function() HEAP.run:kill "KILL" end,
  }
  expect.run()
  expect(dialogue[1] and dialogue[1][1], nil, "said only " .. ("%q"):format(text))
  expect(closed, true)
  return ended, text
end

local BASH = { "env", "PS1=ready> ", "TERM=dumb", "bash", "--norc", "--noprofile", "-i" }

describe("bash on a terminal", function()
  it("prompts, has the terminal and its size, and exits with a status", function(expect)
    expect(converse(expect, BASH, {
      { "ready> ", "tty\n" },
      { "/dev/pts/", "stty size\n" },
      { "31 77", "echo $((6 * 7)) $0 $-\n" },
      { "42 bash", "test -t 0 && test -t 1 && test -t 2 && echo three of them\n" },
      { "three of them", "exit 7\n" },
    }, { 31, 77 }), { 7, 0 })
  end)

  it("controls jobs", function(expect)
    expect(converse(expect, BASH, {
      { "ready> ", "stty sane\n" },
      { "ready> ", "sleep 50; echo slept: $?\n" },
      { "\n", function(run)
        poe.spawn {
          _start = function() KERNEL:delay("stop", 0.2) end, -- bash has started it
          stop = function() run:put "\26" end,
        }
      end },
      { "Stopped", "jobs; bg\n" },
      { "sleep 50 &", "kill %1; wait %1; echo status $?\n" },
      { "status 143", "exit\n" },
    }), { 0, 0 })
  end)

  it("is interrupted by ^C and ended by ^D", function(expect)
    expect(converse(expect, BASH, {
      { "ready> ", "stty sane\n" },
      { "ready> ", "echo go; cat; echo status $?\n" },
      { "\ngo", "ping\n" },
      { "ping\r\nping", "\3" }, -- the terminal's echo and cat's
      { "ready> ", "echo status $?\n" },
      { "\nstatus 130", "" },
      { "ready> ", "\4" },
    }), { 0, 0 })
  end)

  it("takes a megabyte of input and gives it back", function(expect)
    local input = ("0123456789"):rep(100000)
    local ended, text = converse(expect, BASH, {
      { "ready> ", "stty raw -echo; PS1=; echo go; head -c 1000000; exit\n" },
      { "go\n", input },
    })
    expect(ended, { 0, 0 })
    expect.yes(text:sub(1, #input) == input, #text .. " bytes")
  end)
end)

describe("a terminal whose program ends", function()
  it("loses what was put and never read, and says so", function(expect)
    local before, seen = os.clock(), {}
    poe.spawn {
      _start = function()
        HEAP.run = poe.wheel.Run.new {
          program = "stty raw -echo; echo go; head -c 100000 >/dev/null", conduit = "pty",
          stdout_event = "go", error_event = "failed", close_event = "closed",
        }
      end,
      go = function() HEAP.run:put(("x"):rep(2000000)) end,
      failed = function(op, code, _, _, name) seen[name] = op .. " " .. code end,
      closed = function() seen.closed = true end,
    }
    expect.run()
    expect(seen, { STDIN = "write EIO", STDOUT = "read EOF", closed = true })
    expect.yes(os.clock() - before < 2, "it waited in circles")
  end)

  it("does so while its output is paused, too", function(expect)
    poe.spawn {
      _start = function()
        HEAP.run = poe.wheel.Run.new {
          program = "stty raw -echo; echo go; head -c 100000 >/dev/null; echo over", conduit = "pty",
          stdout_event = "said", error_event = "failed", close_event = "closed",
        }
      end,
      said = function(line)
        expect.log(line)
        if line ~= "go" then return end
        HEAP.run:pause_stdout()
        HEAP.run:put(("x"):rep(2000000))
      end,
      failed = function(op, code, _, _, name)
        expect.log(op, code, name)
        if name == "STDIN" then HEAP.run:resume_stdout() end
      end,
      closed = function() expect.log "closed" end,
    }
    expect.run()
    expect.logged { "go", "write EIO STDIN", "over", "read EOF STDOUT", "closed" }
  end)
end)
