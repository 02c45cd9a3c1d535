--- Run: a program in a process of its own, its input and output with events (R290-R302).
---
--- The wheel has one stream for what is put and a reader, a part of a ReadWrite wheel, for stdout and
--- for stderr each.  The end of the process is no business of the wheel's: sig_child tells it.  The
--- kernel takes note of every child's end, watched or not, so that none is left as a zombie.
local core = ...
local wheel = core.part "poe.wheel"
local filters = core.require "poe.filter"
local ReadWrite = wheel.ReadWrite
local live = wheel.live

---@class poe.wheel.Run
---@field pause_stdout fun(self: poe.wheel.Run)
---@field resume_stdout fun(self: poe.wheel.Run)
---@field set_stdout_filter fun(self: poe.wheel.Run, filter: poe.filter)
---@field get_stdout_filter fun(self: poe.wheel.Run): poe.filter?
---@field pause_stderr fun(self: poe.wheel.Run)
---@field resume_stderr fun(self: poe.wheel.Run)
---@field set_stderr_filter fun(self: poe.wheel.Run, filter: poe.filter)
---@field get_stderr_filter fun(self: poe.wheel.Run): poe.filter?
---@field private id integer
---@field private session poe.Session
---@field private pid integer?          nil: it could not be started
---@field private failure string[]?     message and code of that
---@field private stdin userdata?       the stream of what is put
---@field private stdout table?         a Reader
---@field private stderr table?         a Reader
---@field private reading integer       readers that have not ended
local Run = {}
Run.__index = Run
Run.__name = "poe.wheel.Run"

local KNOWN = {
  program = "any", program_args = "table", conduit = "string", winsize = "table",
  stdin_event = "event", stdout_event = "event", stderr_event = "event", error_event = "event",
  close_event = "event", stdio_filter = "filter", stdin_filter = "filter", stdout_filter = "filter",
  stderr_filter = "filter", stdio_driver = "table", stdin_driver = "table", stdout_driver = "table",
  stderr_driver = "table", redirect_stdin = "any", redirect_stdout = "any", redirect_stderr = "any",
  redirect_output = "any", no_stdin = "any", close_on_call = "any", user = "any", group = "any",
  priority = "any", set_session = "any", no_set_sid = "any", no_set_pgrp = "any",
}

-- output of the program ------------------------------------------------------------------------

--- The reading half of a ReadWrite wheel, whose events are those of the Run wheel it is a part of.
local Reader = setmetatable({}, { __index = ReadWrite })
Reader.__index = Reader

--- Nobody wants to know it, but the program shall go on and its end be noticed.
local function discard() end

function Reader:watch_input()
  if self.input_event or self.failed or self.pulled then
    ReadWrite.watch_input(self)
  else
    self.input:hook("input", discard)
  end
end

local function on_end(op, code, message, id)
  local self = live[id]
  if not self or self.closed then return end
  local filter = self.input_filter
  if not (filter.final and filter.finish) and not self.gets then return self:tell_error(op, code, message) end
  ReadWrite.on_error(op, code, message, id)
  if not self.ended then self:tell_error(op, code, message, true) end -- a handler that waited has got it
end

function Reader:watch_errors()
  self.input:hook("error", on_end, self.id)
end

--- Reading has ended; with the last reader the wheel's close_event comes.
function Reader:tell_error(op, code, message, quietly)
  local run, first, failed = self.run, not self.ended, self.failed
  self.ended = { message, code }
  if first then run.reading = run.reading - 1 end
  if run.error_event and not quietly then
    core.call(self.session, run.error_event, op, code, message, run.id, self.name)
  end
  if self.closed then return end
  if not failed then
    if self.lent then self.input_filter:get_pending() end -- brings it back with what it holds
    self.closed = true
    self.input:close(false)
  elseif not self.failed then -- the handler has given it another filter
    self.ended = nil
    run.reading = run.reading + 1
    return
  end
  if first and run.reading == 0 and run.close_event then
    core.call(self.session, run.close_event, run.id)
  end
end

local function reader(run, name, handle, event, filter, driver)
  local id = ("%d %s"):format(run.id, name)
  local stream, message, code =
    core.stream(handle, ("poe.wheel.Run(%d) %s"):format(run.id, name), false)
  if not stream then
    if run.error_event then core.yield(run.error_event, "read", code, message, run.id, name) end
    return nil
  end
  local self = setmetatable({
    id = id, told = run.id, run = run, name = name, session = run.session, input = stream,
    output = stream, input_event = event or nil, input_filter = filter, pulled = event == false,
  }, Reader)
  live[id] = self
  run.reading = run.reading + 1
  if driver then stream:block(driver.block_size or 65536) end
  self:lend()
  self:watch_errors()
  self:watch_input()
  return self
end

-- input of the program -------------------------------------------------------------------------

--- Ends what the program can read.
local function end_input(self)
  if self.pty then
    core.pty_eof(self.stdin_handle) -- fails when the program has gone: then it has ended, too
  else
    self.stdin:shutdown(false, true)
  end
end

--- Handlers that wait in drain go on.
local function drained(self, ...)
  local list = self.drainers
  while list and list[1] do ReadWrite.go_on(list, ...) end
end

local function on_flushed(id)
  local self = live[id]
  if not self or self.closed then return end
  if self.shut then end_input(self) end
  drained(self, true)
  if self.stdin_event then core.call(self.session, self.stdin_event, id) end
end

local function on_stdin_error(op, code, message, id)
  local self = live[id]
  if not self or self.closed then return end
  self.stdin_failure = { message, code }
  drained(self, nil, message, code)
  if self.error_event then
    core.call(self.session, self.error_event, op, code, message, id, "STDIN")
  end
end

local function writer(self, handle)
  local stream, message, code =
    core.stream(handle, ("poe.wheel.Run(%d) STDIN"):format(self.id), false)
  if not stream then
    self.stdin_failure = { message, code }
    if self.error_event then
      core.yield(self.error_event, "write", code, message, self.id, "STDIN")
    end
    return nil
  end
  stream:hook("flushed", on_flushed, self.id)
  stream:hook("error", on_stdin_error, self.id)
  return stream
end

-- making ---------------------------------------------------------------------------------------

local function fail(level, text, ...)
  error("Run: " .. text:format(...), level + 1)
end

--- A list of words, for field `name`; numbers are words, too.
local function words(list, name)
  local result = {}
  for i = 1, #list do
    local word = list[i]
    if type(word) ~= "string" and type(word) ~= "number" then
      fail(4, "%s must be a list of strings, got %s at %d", name, type(word), i)
    end
    result[i] = tostring(word)
    if result[i]:find("\0", 1, true) then fail(4, "%s: a zero byte in %q", name, result[i]) end
  end
  return result
end

local function check_program(params, how)
  local program, args = params.program, words(params.program_args or {}, "program_args")
  if type(program) == "string" then
    table.insert(args, 1, program)
    how.shell = words({ table.concat(args, " ") }, "program")[1]
  elseif type(program) == "table" and #program > 0 then
    how.argv = table.move(args, 1, #args, #program + 1, words(program, "program"))
  else
    fail(3, "program must be a command or a list of words, got %s",
      type(program) == "table" and "an empty table" or tostring(program))
  end
end

--- Where a redirected stream leads, for core.process.
local function redirect(params, name)
  local to = params[name]
  if to == nil then return nil end
  if type(to) == "string" then return { path = words({ to }, name)[1] } end
  local kind = io and io.type(to)
  if kind == "file" then
    if name ~= "redirect_stdin" then to:flush() end
    return to
  end
  if math.type(to) == "integer" and to >= 0 then return to end
  if kind == nil and type(to) == "userdata" and tostring(to):find "^socket %d" then return to end
  fail(4, "%s must be a file's name, an open file, a socket or a descriptor, got %s", name,
    tostring(to))
end

local CONDUITS = { pipe = "pipe", pty = "pty", ["pty-pipe"] = "pty", socketpair = "socketpair",
  inet = "socketpair" }

local function check_streams(params, how)
  local conduit = params.conduit or "pipe"
  local kind = CONDUITS[conduit]
  if not kind then
    fail(3, "conduit must be pipe, pty, pty-pipe, socketpair or inet, got %q", conduit)
  end
  for _, pair in ipairs { { "redirect_stdin", "stdin_event" }, { "redirect_stdout", "stdout_event" },
    { "redirect_stderr", "stderr_event" }, { "redirect_output", "stdout_event" },
    { "redirect_output", "stderr_event" }, { "redirect_output", "redirect_stdout" },
    { "redirect_output", "redirect_stderr" }, { "redirect_stdin", "no_stdin" } } do
    if params[pair[1]] ~= nil and params[pair[2]] then
      fail(3, "%s and %s exclude each other", pair[1], pair[2])
    end
    if kind == "pty" and params[pair[1]] ~= nil then
      fail(3, "%s and conduit %q exclude each other", pair[1], conduit)
    end
  end
  if conduit == "pty" and (params.stderr_event or params.stderr_filter) then
    fail(3, "%s needs conduit \"pty-pipe\": with \"pty\" stderr arrives with stdout",
      params.stderr_event and "stderr_event" or "stderr_filter")
  end
  local output = redirect(params, "redirect_output")
  local own = kind == "pty" and "pipe" or kind
  how.stdin = redirect(params, "redirect_stdin") or params.no_stdin and "null" or kind
  how.stdout = output or redirect(params, "redirect_stdout")
    or (params.stdout_event ~= nil or kind == "pty") and kind or "inherit"
  how.stderr = output and "output" or redirect(params, "redirect_stderr")
    or conduit == "pty" and "pty" or params.stderr_event and own or "inherit"
  how.pty = kind == "pty"
end

local function check_winsize(params, how)
  local size = params.winsize
  if not size then return end
  if not how.pty then fail(3, "winsize needs conduit \"pty\", got %q", params.conduit or "pipe") end
  if #size ~= 2 and #size ~= 4 then fail(3, "winsize must have 2 or 4 numbers, got %d", #size) end
  for i = 1, #size do
    if math.type(size[i]) ~= "integer" or size[i] < 0 or size[i] > 65535 then
      fail(3, "winsize must be of numbers from 0 to 65535, got %s", tostring(size[i]))
    end
  end
  local rows, columns = size[1], size[2]
  how.winsize = { rows, columns, size[3] or math.min(columns * 9, 65535),
    size[4] or math.min(rows * 16, 65535) }
end

local function check_process(params, how)
  for _, name in ipairs { "user", "group" } do
    local who = params[name]
    if who ~= nil and (type(who) ~= "string" or who == "")
      and (math.type(who) ~= "integer" or who < 0) then
      fail(3, "%s must be a name or a number, got %s", name, tostring(who))
    end
    how[name] = who and tostring(who)
  end
  if params.priority ~= nil and math.type(params.priority) ~= "integer" then
    fail(3, "priority must be an integer, got %s", tostring(params.priority))
  end
  how.priority = params.priority and math.max(-40, math.min(params.priority, 40))
  how.close_on_call = params.close_on_call
  how.set_session = params.set_session and not params.no_set_sid
  how.set_group = not params.no_set_pgrp
end

local function newline()
  return filters.Line.new { literal = "\n" }
end

--- Starts a program.  `program` is a command for the shell or a list, which no shell sees;
--- `program_args` are added to it.  Its stdin is a pipe from the wheel unless redirected or `no_stdin`;
--- stdout and stderr are when they have an event, and otherwise ours; a `stdout_event` of false says that
--- stdout is read by `get` only.  `redirect_stdin`,
--- `redirect_stdout`, `redirect_stderr`, `redirect_output` (both): a file's name, an open file, a
--- socket or a descriptor.  `conduit`: "pipe", "socketpair", "pty" (a terminal in raw mode, stderr
--- with stdout) or "pty-pipe"; `winsize`: its rows and columns.
---
--- `stdin_event(id)`: all that was put has been written; `stdout_event(record, id)`,
--- `stderr_event(record, id)`; `error_event(op, code, message, id, "STDIN" | "STDOUT" | "STDERR")`, at
--- the end of output with "read", "EOF"; `close_event(id)` after the last output has ended.  What
--- could not be started is told to error_event afterwards: "exec", "ENOENT", or whatever step failed.
---
--- The wheel keeps its session while it reads output or has something to write.  In the program all
--- signals are at their defaults; it has a process group of its own unless `no_set_pgrp`.  `user`
--- comes with its groups, `priority` is added to our niceness, `close_on_call` closes what the script
--- has open, `set_session` makes a session of its own.
---@param params table
---@return poe.wheel.Run
function Run.new(params)
  wheel.check("Run", params, KNOWN)
  local how = {}
  check_program(params, how)
  check_streams(params, how)
  check_winsize(params, how)
  check_process(params, how)

  local stdio = params.stdio_filter or not (params.stdin_filter and params.stdout_filter) and newline()
  local self = setmetatable({
    id = wheel.allocate_wheel_id(), session = core.active(), pty = how.stdin == "pty", reading = 0,
    stdin_event = params.stdin_event or nil, error_event = params.error_event or nil,
    close_event = params.close_event or nil, filters = {
      stdin = params.stdin_filter or stdio, stdout = params.stdout_filter or stdio,
      stderr = params.stderr_filter or how.stderr ~= "pty" and newline() or nil,
    },
  }, Run)
  self.ending = ReadWrite.ending_of(self.filters.stdin)
  live[self.id] = self

  local pid, stdin, stdout, stderr = core.process(how)
  if not pid then
    local message, code, step = stdin, stdout, stderr
    self.failure = { message, code }
    if self.error_event then core.yield(self.error_event, step, code, message, self.id) end
    return self
  end
  self.pid, self.stdin_handle = pid, stdin or nil
  if stdin then self.stdin = writer(self, stdin) end
  if stdout then
    self.stdout = reader(self, "STDOUT", stdout, params.stdout_event, self.filters.stdout,
      params.stdout_driver or params.stdio_driver)
  end
  if stderr then
    self.stderr = reader(self, "STDERR", stderr, params.stderr_event, self.filters.stderr,
      params.stderr_driver)
  end
  return self
end

-- methods --------------------------------------------------------------------------------------

local function check_open(self, method)
  if self.closed then fail(3, "%s: wheel %d is closed", method, self.id) end
end

--- The wheel's number, never used again.
---@return integer
function Run:ID()
  return self.id
end

--- The program's process number.
---@return integer?  the process's ID; nil when it could not be started
function Run:PID()
  return self.pid
end

--- Queues records for the program's stdin; they leave together at the end of the slice.
---@param ... any  records, as the stdin filter takes them
---@return false?  nil when the program does not read any more, or could not be started
---@return string? message
---@return string? code
function Run:put(...)
  check_open(self, "put")
  if self.shut then fail(2, "put: stdin of wheel %d has been shut down", self.id) end
  local failure = self.failure or self.stdin_failure
  if failure then return nil, table.unpack(failure) end
  if not self.stdin then fail(2, "put: stdin of wheel %d is redirected", self.id) end
  local ok, raised
  if self.ending then
    ok, raised = pcall(self.stdin.put, self.stdin, self.ending, ...)
  else
    ok, raised = pcall(self.stdin.put, self.stdin, "", table.unpack(self.filters.stdin:put { ... }))
  end
  if ok then return raised end
  local message = tostring(raised):match "EPIPE: .*" -- not told to error_event yet
  if message then return nil, message, "EPIPE" end
  fail(2, "%s", tostring(raised):match "put: .*" or tostring(raised))
end

--- Waits for the next record of stdout; with a `stdout_event`, that handler does not get it.  With a
--- `stdout_event` of false nothing is read while nobody waits.
---@return any record  nil at the end, when the wheel is closed, or when the program could not be started
---@return string? message
---@return string? code  "EOF", "ECANCELED", ...
function Run:get()
  check_open(self, "get")
  local part = self.stdout
  if not part then
    if self.failure then return nil, table.unpack(self.failure) end
    fail(2, "get: the stdout of wheel %d is not read: stdout_event = false says that it is by get", self.id)
  end
  if not part.closed then return part:get() end
  if part.unread and part.unread[1] ~= nil then return table.remove(part.unread, 1) end
  if part.ended then return nil, table.unpack(part.ended) end
  return nil, "EOF: end of file", "EOF"
end

--- Waits until everything that was put has been written.
---@return true?  nil when it cannot be any more
---@return string? message
---@return string? code
function Run:drain()
  check_open(self, "drain")
  local failure = self.failure or self.stdin_failure
  if failure then return nil, table.unpack(failure) end
  if not self.stdin or self.stdin:queued() == 0 then return true end
  self.drainers = self.drainers or {}
  ReadWrite.enlist(self.drainers)
  return core.suspend()
end

--- How many octets wait to be written to its standard input.
---@return integer  octets that wait to be written
function Run:get_driver_out_octets()
  return (self.stdin and self.stdin:queued() or 0)
end

--- How many puts wait to be written to its standard input.
---@return integer  records that wait to be written
function Run:get_driver_out_messages()
  if not self.stdin then return 0 end
  local _, messages = self.stdin:queued()
  return messages
end

--- The program reads the end of input when what was put has been written.
function Run:shutdown_stdin()
  check_open(self, "shutdown_stdin")
  if not self.stdin or self.shut then return end
  self.shut = true
  if self.stdin:queued() == 0 then end_input(self) end -- otherwise on_flushed does
end

for _, name in ipairs { "stdout", "stderr" } do
  --- Stops reading; in its own event's handler the rest of that read waits, too.
  Run["pause_" .. name] = function(self)
    check_open(self, "pause_" .. name)
    local part = self[name]
    if part and not part.closed then part:pause_input() end
  end

  --- Goes on with what was held back, or with reading.
  Run["resume_" .. name] = function(self)
    check_open(self, "resume_" .. name)
    local part = self[name]
    if part and not part.closed then part:resume_input() end
  end

  --- Replaces the filter.  What the old one holds is cut anew at once.
  ---@param filter poe.filter
  Run["set_" .. name .. "_filter"] = function(self, filter)
    check_open(self, "set_" .. name .. "_filter")
    wheel.check("Run", { [name .. "_filter"] = filter }, KNOWN)
    if filter == nil then fail(2, "%s_filter must be a filter, got nil", name) end
    local part = self[name]
    self.filters[name] = filter
    if part and not part.closed then part:set_input_filter(filter) end
  end

  ---@return poe.filter?
  Run["get_" .. name .. "_filter"] = function(self)
    return self.filters[name]
  end
end

--- Another filter for what is put from now on.
---@param filter poe.filter  for what is put from now on
function Run:set_stdin_filter(filter)
  check_open(self, "set_stdin_filter")
  wheel.check("Run", { stdin_filter = filter }, KNOWN)
  if filter == nil then fail(2, "stdin_filter must be a filter, got nil") end
  self.filters.stdin = filter
  self.ending = ReadWrite.ending_of(filter)
end

--- Another filter for what is put, and for its standard output.
---@param filter poe.filter  for stdin and stdout
function Run:set_stdio_filter(filter)
  check_open(self, "set_stdio_filter")
  wheel.check("Run", { stdio_filter = filter }, KNOWN)
  if filter == nil then fail(2, "stdio_filter must be a filter, got nil") end
  self:set_stdin_filter(filter)
  self:set_stdout_filter(filter)
end

--- The filter for what is put.
---@return poe.filter
function Run:get_stdin_filter()
  return self.filters.stdin
end

local EVENTS = { stdin_event = true, stdout_event = true, stderr_event = true, error_event = true,
  close_event = true }

--- Changes events; false takes one away.  Output without an event is read and dropped (R301).
---@param events table<string, string|false>
function Run:event(events)
  check_open(self, "event")
  wheel.check("Run", events, KNOWN)
  for name, event in pairs(events) do
    if not EVENTS[name] then fail(2, "'%s' is not an event", name) end
    local part = name:match "^std(%l+)_event$"
    if event and self.pid and (part == "out" or part == "err") and not self["std" .. part] then
      fail(2, "%s: the wheel was made without it", name)
    end
  end
  for name, event in pairs(events) do
    local part = self[name:match "^(std%l+)_event$"]
    if name == "stdout_event" or name == "stderr_event" then
      if part then
        part.input_event = event or nil
        if not part.closed then
          part:watch_input()
          if part.held and event then part:resume_held() end
        end
      end
    else
      self[name] = event or nil
    end
  end
end

--- Sends the program a signal.
---@param signal? string|integer  default "TERM"; names have no SIG
---@return true?
---@return string? message
---@return string? code  "ESRCH": it has ended, or was never started; "EPERM"
function Run:kill(signal)
  if signal == nil then signal = "TERM" end
  if type(signal) ~= "string" and math.type(signal) ~= "integer" then
    fail(2, "kill: a signal must be a name or a number, got %s", tostring(signal))
  end
  if not self.pid then return nil, "ESRCH: the program was not started", "ESRCH" end
  local ok, message, code = core.kill(self.pid, signal, true)
  if code == "EINVAL" then fail(2, "kill: no such signal: %s", tostring(signal)) end
  if ok then return true end
  return nil, message, code
end

local function finish(self, abort)
  if self.closed then return end
  self.closed = true
  live[self.id] = nil
  if self.stdin then self.stdin:close(abort) end
  for _, name in ipairs { "stdout", "stderr" } do
    local part = self[name]
    if part then
      part.closed = true
      part.input:close(false)
      part:let_go()
    end
  end
  drained(self, nil, "ECANCELED: the wheel was closed", "ECANCELED")
end

--- Ends the wheel, any number of times.  Nothing more is delivered; what was put is still written.  The
--- program goes on (R302), unless it minds that nobody reads its output.
function Run:close()
  finish(self, false)
end

--- The same, and what was put and is not written yet is dropped.
function Run:abort()
  finish(self, true)
end

Run.__close = Run.close

function Run:__tostring()
  return ("poe.wheel.Run(%d)%s"):format(self.id, self.closed and " closed" or "")
end

return Run
