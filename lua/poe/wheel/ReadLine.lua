--- ReadLine: lines from a terminal, edited; the wheel around poe.editor.
---
--- get(prompt) reads one line: from then to its end the terminal is raw and watched.  The end of the line,
--- close(), and whatever ends the session put the terminal back as it was.  The terminal is opened anew
--- (see tty.c), so that its other users notice nothing of our not waiting for it.
---
--- The size is asked for before each read and each draw, not at SIGWINCH: a session has one watch per
--- signal, and taking that from a script, or keeping one that it sees, is not for a wheel to do.  A script
--- that wants more watches WINCH itself and calls resize().
---
--- A handle that is no terminal gives plain lines: no prompt, no echo, nothing edited; with `columns`
--- given it is a terminal at the other end of a connection.
local core = ...
local wheel = core.part "poe.wheel"
local editor = core.require "poe.editor"
local live = wheel.live
local find, sub = string.find, string.sub

---@class poe.wheel.ReadLine
---@field private id integer
---@field private session poe.Session
---@field private editor? poe.editor   nil: plain lines
---@field private tty? userdata        nil: no terminal
---@field private input userdata       what is read: a socket, or
---@field private file? file*          a plain file, which no poll knows
---@field private output userdata      what is written to
---@field private unsent string[]      for the output, when that takes no more now
---@field private reading boolean      a line, or
---@field private key_wanted boolean   a key
---@field private waiting string[]     put while a line is being read
---@field private rest string          plain input behind the last line
---@field private eof? boolean
local ReadLine = {}
ReadLine.__index = ReadLine
ReadLine.__name = "poe.wheel.ReadLine"

local KNOWN = {
  input_event = "event", put_mode = "string", idle_time = "seconds", appname = "string", app_name = "string",
  handle = "any", output_handle = "any", columns = "size", lines = "size", prompt = "string",
  complete = "function", accept = "function", mode = "string", history = "table", max_history = "size",
  bracketed_paste = "boolean", read_init = "boolean", interrupts = "boolean",
}
local PUT_MODES = { immediate = true, idle = true, after = true }

local ESCAPE_PAUSE <const> = 0.1 -- seconds after which an ESC is a key of its own
local FAREWELL <const> = "\r\n\27[?2004l"
local MOST <const> = 65536

local on_input, on_output, on_pause, on_idle, on_file

local function state_name(self, what)
  return ("poe.wheel.ReadLine(%d) -> %s"):format(self.id, what)
end

-- output ---------------------------------------------------------------------------------------

--- Writes, now or when the output takes more.
local function send(self, bytes)
  local output, unsent = self.output, self.unsent
  if not output or bytes == "" then return end
  if not unsent[1] then
    while #bytes > 0 do
      local open, n, _, code = pcall(output.write, output, bytes) -- a borrowed socket may be closed
      if not open then
        return
      elseif not n then
        if code ~= "EAGAIN" then return end
        break
      elseif n == 0 then
        break
      end
      bytes = sub(bytes, n + 1)
    end
    if bytes == "" then return end
    if not core.watch(output, "write", state_name(self, "select write"), on_output, self.id) then return end
  end
  unsent[#unsent + 1] = bytes
end

function on_output(_, _, id)
  local self = live[id]
  if not self then return end
  local bytes = table.concat(self.unsent)
  self.unsent = {}
  core.ignore(self.output, "write")
  send(self, bytes)
end

-- starting and ending --------------------------------------------------------------------------

local function stop_timer(self, name)
  if self[name] then
    self[name]:close()
    self[name] = nil
  end
end

--- Tells the editor the terminal's size.
local function measure(self)
  if not (self.tty and self.editor) then return end
  local columns, lines = self.tty:size()
  if columns and columns > 0 then self.editor:resize(columns, lines > 0 and lines or nil) end
end

local function watch(self)
  if self.watched or self.eof then return true end
  local ok, message, code
  if self.file then
    ok = true
    self.turn = core.after(0, state_name(self, "read"), on_file, self.id)
  else
    ok, message, code = core.watch(self.input, "read", state_name(self, "select read"), on_input, self.id)
  end
  self.watched = ok
  return ok, message, code
end

local function unwatch(self)
  if not self.watched then return end
  self.watched = false
  stop_timer(self, "turn")
  if not self.file then core.ignore(self.input, "read") end
end

--- What was put and waits is written, above the prompt when there is one.
local function release(self)
  local waiting = self.waiting
  if not waiting[1] then return end
  self.waiting = {}
  local text = table.concat(waiting)
  if self.editor then
    self.editor:above(text)
  else
    send(self, text)
  end
end

--- No line is being read any more.
local function finish(self)
  self.reading, self.key_wanted = false, false
  unwatch(self)
  stop_timer(self, "pause")
  stop_timer(self, "idle")
  if self.tty then self.tty:cooked() end
  release(self)
end

--- Posts the end of a line.
local function post(self, line, exception)
  finish(self)
  core.post(self.session, self.input_event, line, exception, self.id)
end

--- Takes what the editor has to say, and waits for what it waits for.
local function take(self, events)
  local event = events[1]
  if event then
    post(self, event[2], event[1] ~= "line" and event[1] or nil)
    return
  end
  stop_timer(self, "pause")
  if self.editor:waiting() then
    self.pause = core.after(ESCAPE_PAUSE, state_name(self, "pause"), on_pause, self.id)
  end
end

function on_pause(id)
  local self = live[id]
  if not self or not self.reading then return end
  self.pause = nil
  take(self, self.editor:flush())
end

function on_idle(id)
  local self = live[id]
  if not self then return end
  self.idle = nil
  local left = self.idle_since + self.idle_time - core.hrtime() / 1e9
  if left > 0.001 then
    self.idle = core.after(left, state_name(self, "idle"), on_idle, id)
  else
    release(self)
  end
end

-- input ----------------------------------------------------------------------------------------

--- The next line, or at the end of input what is left.  Nothing: more has to come.
local function plain_line(self)
  local rest = self.rest
  local newline = find(rest, "\n", self.searched or 1, true)
  if newline then
    local line = sub(rest, 1, newline - 1)
    self.rest, self.searched = sub(rest, newline + 1), nil
    post(self, (line:gsub("\r$", "")))
    return true
  elseif self.eof then
    self.rest = ""
    if rest ~= "" then post(self, rest) else post(self, nil, "eot") end
    return true
  end
  self.searched = #rest + 1
  return false
end

--- One key, as the terminal sends it.
local function next_key(self)
  local rest = self.rest
  if rest == "" and not self.eof then return false end
  local key, behind = nil, 1
  if rest ~= "" then key, behind = editor.next_key(rest, 1) end
  if not key then
    if not self.eof and not self.paused then
      stop_timer(self, "pause")
      self.pause = core.after(ESCAPE_PAUSE, state_name(self, "pause"), function(id)
        local again = live[id]
        if not again or not again.key_wanted then return end
        again.pause, again.paused = nil, true
        next_key(again)
        again.paused = false
      end, self.id)
      return false
    end
    key, behind = rest, #rest + 1
  end
  self.rest = sub(rest, behind)
  if key == "" and not self.eof then return next_key(self) end
  if key == "" then post(self, nil, "eot") else post(self, key) end
  return true
end

--- Bytes have come, or nil: the end.
local function receive(self, data)
  if not data then self.eof = true end
  if self.key_wanted or not self.editor then
    self.rest = self.rest .. (data or "")
    if self.key_wanted then next_key(self) else plain_line(self) end
  elseif not data then
    self.editor:stop()
    post(self, nil, "eot")
  else
    self.idle_since = core.hrtime() / 1e9
    if not self.idle and self.put_mode == "idle" then
      self.idle = core.after(self.idle_time, state_name(self, "idle"), on_idle, self.id)
    end
    measure(self)
    take(self, self.editor:feed(data))
  end
end

function on_input(_, _, id)
  local self = live[id]
  if not self or not (self.reading or self.key_wanted) then return end
  local data, _, code = self.input:read(MOST)
  if not data and (code == "EAGAIN" or code == "EINTR") then return end
  receive(self, data)
end

function on_file(id)
  local self = live[id]
  if not self or not self.watched then return end
  self.turn, self.watched = nil, false
  receive(self, self.file:read(4096))
  if self.reading or self.key_wanted then watch(self) end
end

-- the wheel ------------------------------------------------------------------------------------

--- The text of an inputrc.
local function read_init(path)
  local home = os.getenv "HOME"
  if not path then path = os.getenv "INPUTRC" or home and home .. "/.inputrc" end
  if path and home then path = path:gsub("^~/", (home:gsub("%%", "%%%%")) .. "/") end
  local file <close> = path and io.open(path, "rb") or nil
  return file and file:read "a" or nil
end

--- Opens what is read and written: `input`, `output`, `tty`, `file`.
local function open(self, params)
  local handle = params.handle
  if handle == nil then handle = 0 end
  local tty, descriptor, code = core.tty(handle)
  if tty then
    self.tty, self.input = tty, assert(core.adopt(descriptor))
    self.output = self.input
  elseif code == "ENOTTY" then
    if type(handle) == "userdata" and io.type(handle) == nil then
      self.input = handle -- a socket reads and writes by itself
      self.output = handle
      self.borrowed = true
    else
      local fd, message, failed = core.duplicate(handle)
      if not fd then return nil, message, failed end
      if core.plain_file(fd) then
        self.file = assert(io.open("/proc/self/fd/" .. fd, "rb"))
      end
      self.input = assert(core.adopt(fd))
    end
  else
    return nil, descriptor, code
  end
  local other = params.output_handle
  if other == nil and not self.output then other = 1 end
  if other ~= nil then
    local fd, message, failed = core.duplicate(other)
    if not fd then return nil, message, failed end
    self.output = assert(core.adopt(fd))
  end
  return true
end

--- `input_event(line or nil, exception, id)`: a line, or nil and "cancel", "eot" or "interrupt".
--- `handle`: default the standard input; `output_handle`.  `put_mode`: "immediate", "idle" (default) or
--- "after" the line; `idle_time`: seconds without a key, default 2.  `appname` is for inputrc's $if.
--- `columns`, `lines`: of a terminal at the other end of what is none here.  `read_init` (true): obey
--- the inputrc.  `interrupts` (false): Ctrl-C is no key but sends INT as ever; whoever takes that calls
--- interrupt().
--- `complete`, `accept`, `mode`, `history`, `max_history`, `bracketed_paste`: see poe.editor.
---@param params table
---@return poe.wheel.ReadLine? wheel  nil: there is nothing to read from
---@return string? message
---@return string? code
function ReadLine.new(params)
  wheel.check("ReadLine", params, KNOWN)
  if not params.input_event then error("ReadLine: input_event required", 2) end
  local put_mode = params.put_mode or "idle"
  if not PUT_MODES[put_mode] then
    error(('ReadLine: put_mode must be "immediate", "idle" or "after", got %q'):format(put_mode), 2)
  end
  local mode = params.mode
  if mode and mode ~= "emacs" and mode ~= "vi" then
    error(('ReadLine: mode must be "emacs" or "vi", got %q'):format(mode), 2)
  end
  local self = setmetatable({
    session = core.active(), input_event = params.input_event, put_mode = put_mode,
    idle_time = params.idle_time or 2, prompt = params.prompt or "", waiting = {}, unsent = {}, rest = "",
    reading = false, key_wanted = false, interrupts = params.interrupts,
  }, ReadLine)
  local ok, message, code = open(self, params)
  if not ok then
    self:close()
    return nil, message, code
  end
  self.id = wheel.allocate_wheel_id()
  live[self.id] = self
  local columns, lines = params.columns, params.lines
  if self.tty then
    local real_columns, real_lines = self.tty:size()
    columns = columns or real_columns and real_columns > 0 and real_columns or 80
    lines = lines or real_lines and real_lines > 0 and real_lines or nil
  end
  self.history = {}
  if columns then
    local id = self.id
    self.editor = editor.new {
      columns = columns, lines = lines, complete = params.complete, accept = params.accept, mode = mode,
      history = params.history, max_history = params.max_history, owner = self,
      bracketed_paste = params.bracketed_paste, read_init = read_init,
      appname = params.appname or params.app_name,
      write = function(bytes)
        local this = live[id]
        if this then send(this, bytes) end
      end,
    }
    if params.read_init ~= false then
      local text = read_init()
      if text then self.editor:inputrc(text) end
    end
  else
    -- It edits nothing, but has the history and the options.
    self.unused = editor.new { write = function() end, history = params.history,
      max_history = params.max_history, appname = params.appname or params.app_name, owner = self }
  end
  return self
end

local function check_open(self, method)
  if self.closed then error(("%s: the wheel is closed"):format(method), 3) end
end

--- Makes the terminal raw and watches.
local function start(self)
  if self.tty then
    local ok, message, code = self.tty:raw(FAREWELL, self.interrupts)
    if not ok then return nil, message, code end
  end
  return watch(self)
end

--- Reads a line.  While one is being read, this changes its prompt.
---@param prompt? string  the last one by default
---@return true|nil
---@return string? message
---@return string? code
function ReadLine:get(prompt)
  check_open(self, "get")
  if prompt ~= nil and type(prompt) ~= "string" then
    error("bad argument #1 to 'get' (string expected, got " .. type(prompt) .. ")", 2)
  end
  self.prompt = prompt or self.prompt
  if self.reading then
    if self.editor and prompt then self.editor:set_prompt(prompt) end
    return true
  end
  if not self.editor then
    self.reading, self.key_wanted = true, false
    if plain_line(self) then return true end
    return watch(self)
  end
  if self.eof then
    post(self, nil, "eot")
    return true
  end
  local ok, message, code = start(self)
  if not ok then return nil, message, code end
  self.reading, self.key_wanted = true, false
  measure(self)
  local ahead = self.rest
  self.rest = ""
  local events = self.editor:begin(self.prompt)
  if not events[1] and ahead ~= "" then events = self.editor:feed(ahead) end
  take(self, events)
  return true
end

--- Reads one key, without a prompt and without showing it: it comes as a line does, in the bytes that
--- the terminal sends for it.
---@return true|nil
---@return string? message
---@return string? code
function ReadLine:get_key()
  check_open(self, "get_key")
  if self.reading then error("get_key: a line is being read", 2) end
  if self.key_wanted then return true end
  self.key_wanted = true
  if self.editor then self.rest = self.rest .. self.editor:take_input() end
  if next_key(self) then return true end
  local ok, message, code = start(self)
  if not ok then self.key_wanted = false end
  return ok, message, code
end

--- What Ctrl-C does to the line, or the key, that is being read: it ends as "interrupt".  Otherwise nothing.
---@return boolean  whether one was being read
function ReadLine:interrupt()
  check_open(self, "interrupt")
  if self.key_wanted or self.reading and not self.editor then
    post(self, nil, "interrupt")
  elseif self.reading then
    self.editor:interrupt()
    take(self, self.editor:flush())
  else
    return false
  end
  return true
end

--- No key is wanted any more.
function ReadLine:cancel_key()
  if self.key_wanted and not self.closed then finish(self) end
end

--- Writes lines: above the prompt, at once or when put_mode allows it.
---@param ... string
function ReadLine:put(...)
  check_open(self, "put")
  local lines = table.pack(...)
  for i = 1, lines.n do
    if type(lines[i]) ~= "string" and type(lines[i]) ~= "number" then
      error(("bad argument #%d to 'put' (string expected, got %s)"):format(i, type(lines[i])), 2)
    end
    self.waiting[#self.waiting + 1] = lines[i] .. "\r\n"
  end
  local mode = self.put_mode
  if not self.reading or mode == "immediate" or mode == "idle" and not self.idle then release(self) end
end

--- Clears the screen.
function ReadLine:clear()
  check_open(self, "clear")
  if self.editor then self.editor:clear() end
end

--- Columns and lines, as they are now.
---@return integer columns
---@return integer lines
function ReadLine:terminal_size()
  if not self.closed then measure(self) end
  local columns, lines
  if self.editor then columns, lines = self.editor:size() end
  return columns or 80, lines or 25
end

--- The terminal's size has changed: by default, to what the system says.
---@param columns? integer
---@param lines? integer
function ReadLine:resize(columns, lines)
  check_open(self, "resize")
  if not self.editor then return end
  if columns then self.editor:resize(columns, lines) else measure(self) end
end

-- history --------------------------------------------------------------------------------------

local function core_of(self)
  return self.editor or self.unused
end

--- Adds lines to the history; reading one does not.
---@param ... string
function ReadLine:add_history(...)
  core_of(self):add_history(...)
end

--- The lines, oldest first.
---@return string ...
function ReadLine:get_history()
  return table.unpack(core_of(self):get_history())
end

local function history_file(path)
  return path or (os.getenv "HOME" or ".") .. "/.history"
end

--- What io says, in the words of this API.
local CODES = { [2] = "ENOENT", [13] = "EACCES", [20] = "ENOTDIR", [21] = "EISDIR", [28] = "ENOSPC",
  [30] = "EROFS" }
local function refused(message, number)
  local code = CODES[number] or "EIO"
  return nil, code .. ": " .. message, code
end

local function slurp(path)
  local file <close>, message, number = io.open(path, "rb")
  if not file then return refused(message, number) end
  local text, failed, errno = file:read "a"
  if not text then return refused(path .. ": " .. failed, errno) end
  return text
end

local function spew(path, text)
  local file <close>, message, number = io.open(path, "wb")
  if not file then return refused(message, number) end
  local ok, failed, errno = file:write(text)
  if ok then ok, failed, errno = file:flush() end
  if not ok then return refused(path .. ": " .. failed, errno) end
  return true
end

--- Writes the history to a file, default $HOME/.history.
---@param path? string
---@return true|nil
---@return string? message
---@return string? code
function ReadLine:write_history(path)
  return spew(history_file(path), core_of(self):history_text())
end

--- Adds a file's entries: from number `from` (0) to `to` (the last), counted from 0.
---@param path? string  default $HOME/.history
---@param from? integer
---@param to? integer
---@return true|nil
---@return string? message
---@return string? code
function ReadLine:read_history(path, from, to)
  local text, message, code = slurp(history_file(path))
  if not text then return nil, message, code end
  from, to = from or 0, to or -1
  for i, entry in ipairs(editor.history_entries(text)) do
    if i > from and (to < from or i - 1 <= to) then core_of(self):add_history(entry) end
  end
  return true
end

--- Keeps the last `lines` (0) entries of a history file; when there were more, the history is now these.
---@param path? string
---@param lines? integer
---@return true|nil
---@return string? message
---@return string? code
function ReadLine:history_truncate_file(path, lines)
  path, lines = history_file(path), lines or 0
  local text, message, code = slurp(path)
  if not text then return nil, message, code end
  local entries = editor.history_entries(text)
  if #entries <= lines then return true end
  local kept = table.move(entries, #entries - lines + 1, #entries, 1, {})
  core_of(self):replace_history(kept)
  return spew(path, core_of(self):history_text(kept))
end

-- keys and variables ---------------------------------------------------------------------------

--- The variables: inputrc's, and completion_function(word, line, cursor), which returns a list.
---@return table
function ReadLine:attribs()
  return core_of(self).attribs
end

--- The value of a variable.
---@param name string
---@return any  "" when there is none
function ReadLine:option(name)
  return core_of(self):option(name)
end

--- See poe.editor: commands by name, or function(wheel, key).
---@param keys string
---@param command string|function|false
---@param keymap? string
---@return true|nil
---@return string? message
---@return string? code
function ReadLine:bind_key(keys, command, keymap)
  return core_of(self):bind_key(keys, command, keymap)
end

--- Adds a command of that name, or replaces one, for bind_key and an inputrc.
---@param name string
---@param code fun(wheel: poe.wheel.ReadLine, key: string)
function ReadLine:add_defun(name, code)
  core_of(self):add_defun(name, code)
end

--- The editor, for commands of one's own.
---@return poe.editor
function ReadLine:get_editor()
  return core_of(self)
end

ReadLine.addhistory, ReadLine.GetHistory = ReadLine.add_history, ReadLine.get_history
ReadLine.WriteHistory, ReadLine.ReadHistory = ReadLine.write_history, ReadLine.read_history
ReadLine.Attribs = ReadLine.attribs

--- The wheel's number, never used again.
---@return integer
function ReadLine:ID()
  return self.id
end

--- Changes input_event, which cannot be taken away.
---@param events table<string, string>
function ReadLine:event(events)
  wheel.check("ReadLine", events, { input_event = "event" })
  if events.input_event == false then error("ReadLine: input_event cannot be taken away", 2) end
  self.input_event = events.input_event or self.input_event
end

--- Ends it, any number of times; the terminal is as it was.
function ReadLine:close()
  if self.closed then return end
  self.closed = true
  if self.reading and self.editor then self.editor:stop() end
  if self.id then finish(self) end
  if self.unsent[1] then core.ignore(self.output, "write") end
  if self.id then live[self.id] = nil end
  if self.tty then self.tty:close() end
  if self.file and io.type(self.file) == "file" then self.file:close() end
  if self.input and not self.borrowed then self.input:close() end
  if self.output and self.output ~= self.input then self.output:close() end
end

ReadLine.__close = ReadLine.close
ReadLine.__gc = ReadLine.close

function ReadLine:__tostring()
  return ("poe.wheel.ReadLine(%d)%s"):format(self.id or 0, self.closed and " closed" or "")
end

return ReadLine
