--- FollowTail: records as they are appended to a file, through rotation and truncation (R278-R289).
---
--- A plain file is polled.  Each poll is one turn, which does one thing and arms the timer of the next
--- one first, so that a handler's error costs no record and a huge file holds up nobody.  Each read begins
--- with the last octets of the one before: they tell a file that has only grown from one that was
--- written anew.  FIFOs, sockets and terminals are streams.
local core = ...
local wheel = core.part "poe.wheel"
local filters = core.require "poe.filter"
local live = wheel.live

---@class poe.wheel.FollowTail
---@field private id integer
---@field private session poe.Session
---@field private filename string?
---@field private file userdata?      the plain file that is open
---@field private device integer      which file that is
---@field private inode integer
---@field private position integer    where the next read begins
---@field private known string        the octets in front of it, at most KNOWN_OCTETS
---@field private stream userdata?    anything but a plain file
---@field private timer userdata?     of the next turn
---@field private records any[]?      what the filter has given: from `at` on not delivered yet
---@field private delivering boolean? there may be more records
---@field private data string?        what the filter was given last, and
---@field private from integer        behind the end of the line before, and
---@field private taken integer       how many records came of it
---@field private rest string?        what it is to be given next
---@field private reset boolean?      to be told in the next turn
---@field private stale boolean?      the filter holds what is no beginning of what comes now
---@field private skipping boolean?   what comes next is the rest of a line that is lost
---@field private hole boolean?       zero octets at the beginning do not count
---@field private trouble string?     the error that has been told
local FollowTail = {}
FollowTail.__index = FollowTail
FollowTail.__name = "poe.wheel.FollowTail"

local KNOWN = {
  filename = "string", handle = "any", seek = "any", seek_back = "any", poll_interval = "seconds",
  driver = "table", filter = "filter", input_event = "event", idle_event = "event",
  reset_event = "event", error_event = "event",
}
local EVENTS = { input_event = true, idle_event = true, reset_event = true, error_event = true }

local LOOK_BACK <const> = 4096    -- octets to find the beginning of the last record in
local MOST <const> = 65536        -- octets of one turn
local KNOWN_OCTETS <const> = 64
local ABSENT = { ENOENT = true, ENOTDIR = true }

-- the filter -----------------------------------------------------------------------------------

--- Makes the filter hold nothing.  One of a script's own that has no clone() stays as it is.
local function renew(self)
  self.stale, self.records = nil, nil
  if self.filter.clone then self.filter = self.filter:clone() end
end

--- Behind the end of the line that `from` is in, or nil: it does not end in `data`.
local function behind_line(line, data, from)
  local first, last
  if line.literal or line.pattern then
    first, last = data:find(line.literal or line.pattern, from, line.literal ~= nil)
  else
    first, last = data:find("[\r\n]", from)
    if first and data:find("^[\r\n]", first + 1) and data:byte(first) ~= data:byte(first + 1) then
      last = first + 1
    end
  end
  return last and last + 1
end

--- The filter has raised: what it held is lost, with the rest of the last read.  But what comes behind a
--- line that cannot be read is read again.
local function filter_failed(self, raised, quietly)
  local code, message = wheel.filter_error(raised)
  local filter, data = self.filter, self.data
  renew(self)
  if getmetatable(filter) == filters.Line then
    local at = self.from
    for _ = 0, self.taken do at = at and behind_line(filter, data, at) end
    self.skipping = not at
    self.rest = at and data:sub(at)
  end
  if self.error_event and not quietly then
    core.call(self.session, self.error_event, "read", code, message, self.id)
  end
end

--- Gives the filter what has been read, but for the rest of a line that is lost.
local function start(self, data, quietly)
  if self.skipping then
    local at = behind_line(self.filter, data, 1)
    if not at then return end
    self.skipping, data = nil, data:sub(at)
  end
  self.data, self.taken = data, 0
  local mate = self.filter.mate -- of a Line: the second octet of a line end that was cut
  self.from = mate and data:byte() == mate and 2 or 1
  local ok, raised = pcall(self.filter.get_one_start, self.filter, { data })
  if not ok then filter_failed(self, raised, quietly) end
end

--- The next record; nothing when there is none.
local function next_record(self)
  local records = self.records
  if not records then
    records = self.filter:get_one()
    if #records == 0 then return nil end
    self.records, self.at = records, 1
  end
  local record = records[self.at]
  self.at, self.taken = self.at + 1, self.taken + 1
  if self.at > #records then self.records = nil end
  return record
end

--- Dispatches what the filter gives, or only takes it.
local function deliver(self, quietly)
  self.delivering = true
  while not self.closed do
    local ok, record = pcall(next_record, self)
    if not ok then
      filter_failed(self, record, quietly)
    elseif record == nil then
      local rest = self.rest
      if not rest then break end
      self.rest = nil
      start(self, rest, quietly)
    elseif not quietly then
      core.call(self.session, self.input_event, record, self.id)
    end
  end
  self.delivering, self.data = nil, nil
end

--- The end of what belongs together: what only the end completes is to be delivered.
local function finish(self)
  local filter = self.filter
  local ok, records = true, nil
  if filter.finish then ok, records = pcall(filter.finish, filter) end
  if ok and records and #records > 0 then
    self.records, self.at, self.delivering = records, 1, true
  end
  self.skipping, self.rest = nil, nil
end

-- streams --------------------------------------------------------------------------------------

local function on_input(data, id)
  local self = live[id]
  if not self or self.closed then return end
  self.position = self.position + #data
  if self.stale then renew(self) end
  start(self, data)
  deliver(self)
end

local function on_error(op, code, message, id)
  local self = live[id]
  if not self or self.closed then return end
  if code == "EOF" then
    finish(self)
    if self.delivering then deliver(self) end
  end
  if self.error_event and not self.closed then
    core.call(self.session, self.error_event, op, code, message, id)
  end
end

--- Watches a handle that tells when there is input.
local function watch(self, handle)
  local stream, message, code = core.stream(handle, ("poe.wheel.FollowTail(%d)"):format(self.id), false)
  if not stream then return nil, message, code end
  stream:block(self.block)
  stream:hook("input", on_input, self.id)
  stream:hook("error", on_error, self.id)
  self.stream = stream
  return true
end

-- plain files ----------------------------------------------------------------------------------

--- Begins to read the open file at `position`.
local function begin_at(self, position)
  self.position, self.known = position, ""
  if position > 0 then
    local from = math.max(0, position - KNOWN_OCTETS)
    self.known = self.file:read(from, position - from) or ""
  end
end

--- Opens what the name means now.
local function open(self)
  local file, message, code = core.open_file(self.filename)
  if not file then return nil, message, code end
  local kind, device, inode, size = file:status()
  if not kind then
    file:close()
    return nil, device, inode
  elseif kind == "directory" then
    file:close()
    return nil, ("EISDIR: %s: a directory"):format(self.filename), "EISDIR"
  elseif kind ~= "file" then
    local handle = core.adopt(file:take())
    local ok
    ok, message, code = watch(self, handle)
    if not ok then handle:close() end
    return ok, message, code
  end
  self.file, self.device, self.inode, self.hole = file, device, inode, nil
  self.position, self.known = 0, ""
  return size
end

--- The file is not the one to follow any more.
local function leave(self)
  finish(self)
  self.file:close()
  self.file, self.stale = nil, true
end

--- What to do about an error: told when it is a new one, else the poll found nothing.
local function trouble(self, op, message, code)
  if self.trouble == code then return "idle" end
  self.trouble = code
  return "error", op, code, message
end

--- Opens the file that takes the place of what was there.
local function appear(self)
  local ok, message, code = open(self)
  if ok then
    self.trouble = nil
    return "reset"
  elseif ABSENT[code] then
    self.trouble = nil
    return "idle"
  end
  return trouble(self, "open", message, code)
end

--- The file is read from its beginning again, or from where a hole in it ends.
local function rewind(self, position, known)
  finish(self)
  self.position, self.known, self.hole, self.stale = position, known, true, true
  return "reset"
end

--- Whether the name means another file now, or what went wrong.
local function is_replaced(self)
  if not self.filename then return false end
  local kind, device, inode = core.path_status(self.filename)
  if kind then return device ~= self.device or inode ~= self.inode end
  return false, device, inode
end

--- Nothing more comes from this file.
local function go_on(self, replaced, message, code)
  if replaced then
    leave(self)
    return appear(self)
  elseif code and not ABSENT[code] then
    return trouble(self, "stat", message, code)
  end
  self.trouble = nil
  return "idle"
end

--- Looks for what is new: "idle", "reset", "data" and the data, or "error", op, code and message.
local function look(self)
  if not self.file then return appear(self) end
  -- First: what is written until then is read before the new file.
  local replaced, message, code = is_replaced(self)
  local known = self.known
  local data, read_message, read_code = self.file:read(self.position - #known, #known + self.block)
  if not data then
    if replaced then return go_on(self, true) end
    return trouble(self, "read", read_message, read_code)
  elseif data == known then
    return go_on(self, replaced, message, code)
  end
  local seen = data:sub(1, #known)
  if seen ~= known then
    if replaced then return go_on(self, true) end
    -- A writer that does not append writes on where it was, behind a hole.
    if #seen == #known and not seen:find "[^\0]" then return rewind(self, self.position, seen) end
    return rewind(self, 0, "")
  end
  self.position = self.position + #data - #known
  self.known = data:sub(-KNOWN_OCTETS)
  data = data:sub(#known + 1)
  if self.hole then
    local first = data:find "[^\0]"
    if not first then return "data", "" end
    data, self.hole = data:sub(first), nil
  end
  return "data", data
end

local on_timer

local function arm(self, seconds)
  local what = self.filename and "name" or "handle"
  self.timer = core.after(seconds, ("poe.wheel.FollowTail(%d) -> %s timer read"):format(self.id, what),
    on_timer, self.id)
end

local function tell(self, event, ...)
  if self[event] then core.call(self.session, self[event], ...) end
end

--- A turn.
function on_timer(id)
  local self = live[id]
  if not self or self.closed then return end
  self.timer = nil
  if self.delivering then
    if self.reset or not self.stream then arm(self, 0) end
    return deliver(self)
  elseif self.reset then
    self.reset = nil
    if not self.stream then arm(self, 0) end
    return tell(self, "reset_event", id)
  end
  if self.stale and self.file then renew(self) end

  local what, a, b, c = look(self)
  if what == "data" then
    arm(self, 0)
    self.delivering = true
    start(self, a)
    deliver(self)
  elseif what == "reset" then
    self.reset = true
    arm(self, 0)
  else
    arm(self, self.delivering and 0 or self.poll_interval)
    if what == "idle" then
      tell(self, "idle_event", id)
    else
      tell(self, "error_event", a, b, c, id)
    end
  end
end

-- making ---------------------------------------------------------------------------------------

--- seek or seek_back: an integer of 0 or more, or nil.
local function check_offset(name, value)
  if value == nil then return nil end
  local offset = math.tointeger(value)
  if type(value) ~= "number" or not offset or offset < 0 then
    error(("FollowTail: %s must be an integer of 0 or more, got %s"):format(name,
      type(value) == "string" and ("%q"):format(value) or value ~= value and "nan" or tostring(value)), 3)
  end
  return offset
end

local function check(params)
  wheel.check("FollowTail", params, KNOWN, 3)
  if params.filename ~= nil and params.handle ~= nil then
    error(("FollowTail: filename and handle exclude each other, got %q and %s")
      :format(params.filename, tostring(params.handle)), 3)
  elseif params.filename == nil and params.handle == nil then
    error("FollowTail: filename or handle required, got none", 3)
  elseif params.seek ~= nil and params.seek_back ~= nil then
    error(("FollowTail: seek and seek_back exclude each other, got %s and %s")
      :format(tostring(params.seek), tostring(params.seek_back)), 3)
  elseif not params.input_event then
    error("FollowTail: input_event required, got " .. tostring(params.input_event), 3)
  elseif params.poll_interval == 0 then
    error(("FollowTail: poll_interval must be above 0, got %s"):format(params.poll_interval), 3)
  elseif params.filename and params.filename:find("\0", 1, true) then
    error(("FollowTail: filename must not contain a zero byte, got %q"):format(params.filename), 3)
  end
end

--- Reads back to where the last record begins (R278): what is complete is not new.
local function find_beginning(self, size)
  begin_at(self, math.max(0, size - LOOK_BACK))
  if self.position == size then return end
  local data = self.file:read(self.position, size - self.position) or ""
  self.position = self.position + #data
  self.known = (self.known .. data):sub(-KNOWN_OCTETS)
  start(self, data, true)
  deliver(self, true)
end

--- Where to begin in an open plain file of `size` octets.
local function find_start(self, size, seek, seek_back)
  if seek then
    begin_at(self, math.min(seek, size))
  elseif seek_back then
    begin_at(self, math.max(0, size - seek_back))
  else
    find_beginning(self, size)
  end
end

--- Opens the handle, which is a plain file or will be watched.  The size of the former.
local function open_handle(self, handle)
  local ok, file, message, code = pcall(core.share_file, handle)
  if not ok then
    local text = tostring(file):match "%((handle: .*)%)$"
    if text == "handle: it is closed" then text = "handle must be open, got " .. tostring(handle) end
    error("FollowTail: " .. (text or tostring(file)), 3)
  end
  if not file then return nil, message, code end
  local kind, device, inode, size = file:status()
  if kind == "directory" then
    file:close()
    error("FollowTail: handle must not be a directory, got " .. tostring(handle), 3)
  elseif kind == "file" then
    self.file, self.device, self.inode = file, device, inode
    return size
  end
  file:close()
  ok, message, code = watch(self, handle)
  if code == "EBUSY" then error("FollowTail: " .. message, 3) end
  return ok, message, code
end

--- `filename` or `handle`: a Lua file, a descriptor or a socket, which of a plain file stays the script's
--- own.  With `filename` a file that is not there yet is waited for, and what takes the place of the file is
--- followed in turn, when the old one has been read to its end; with `handle` only truncation is
--- noticed.  Files that come and go between two polls are not seen.
---
--- `seek`: octets from the beginning, at most the end; `seek_back`: octets from the end; plain files
--- only.  With neither, what comes next is told, and the unfinished record it completes (R278).
--- `poll_interval`: seconds between two polls of a plain file, default 1.  `filter`: default a Line; it
--- begins anew, as a clone, with another file.  `driver`: for its block_size, of one read.
---
--- `input_event(record, id)`; `idle_event(id)`: a look found nothing new, be it right behind input;
--- `reset_event(id)`: a file has appeared, was truncated or written anew, or has been replaced; its
--- content comes from the beginning.  `error_event(op, code, message, id)`: op "open" or "read"; polling goes
--- on, and the same error again is told as idle_event; a socket's or terminal's end is "EOF".  When the
--- filter fails, what it holds and the rest of that read, at most block_size octets, are lost; with a Line,
--- that line only.
---@param params { filename?: string, handle?: any, seek?: integer, seek_back?: integer, poll_interval?: number, driver?: poe.driver.SysRW, filter?: poe.filter, input_event: string, idle_event?: string|false, reset_event?: string|false, error_event?: string|false }
---@return poe.wheel.FollowTail
function FollowTail.new(params)
  check(params)
  local seek, seek_back = check_offset("seek", params.seek), check_offset("seek_back", params.seek_back)
  local self = setmetatable({
    id = wheel.allocate_wheel_id(), session = core.active(), filename = params.filename,
    handle = params.handle, poll_interval = params.poll_interval or 1,
    filter = params.filter or filters.Line.new(),
    block = math.min(params.driver and params.driver.block_size or MOST, MOST),
    input_event = params.input_event, idle_event = params.idle_event or nil,
    reset_event = params.reset_event or nil, error_event = params.error_event or nil,
    position = 0, known = "", taken = 0,
  }, FollowTail)
  live[self.id] = self

  local size, message, code
  if self.filename then
    size, message, code = open(self)
    if code == "EISDIR" then
      self:close()
      error(("FollowTail: filename must not be a directory, got %q"):format(self.filename), 2)
    end
  else
    size, message, code = open_handle(self, self.handle)
  end
  local offset = seek or seek_back
  if self.stream and offset and offset > 0 then
    self:close()
    error(("FollowTail: %s is for plain files only, got %d"):format(seek and "seek" or "seek_back", offset), 2)
  end
  if self.file then find_start(self, size, seek, seek_back) end
  if self.file or self.filename and not self.stream then
    arm(self, 0)
  elseif code and self.error_event then
    core.yield(self.error_event, "open", code, message, self.id)
  end
  return self
end

-- methods --------------------------------------------------------------------------------------

--- The wheel's number, never used again.
---@return integer
function FollowTail:ID()
  return self.id
end

--- Changes events; false takes one away, but not input_event.
---@param events table<string, string|false>
function FollowTail:event(events)
  if self.closed then error(("FollowTail: event: wheel %d is closed"):format(self.id), 2) end
  wheel.check("FollowTail", events, KNOWN)
  for name in pairs(events) do
    if not EVENTS[name] then error(("FollowTail: '%s' is not an event"):format(name), 2) end
  end
  if events.input_event == false then
    error("FollowTail: input_event cannot be taken away, got false", 2)
  end
  for name, event in pairs(events) do self[name] = event or nil end
end

--- How far it has read, in octets from the beginning of the file that it reads now (R288); of a stream,
--- how much has come.
---@return integer
function FollowTail:tell()
  return self.position
end

--- Ends it, any number of times.
function FollowTail:close()
  if self.closed then return end
  self.closed = true
  live[self.id] = nil
  if self.timer then self.timer:close() end
  if self.file then self.file:close() end
  if self.stream then self.stream:close(true) end
  self.timer, self.file, self.stream, self.records = nil, nil, nil, nil
end

FollowTail.__close = FollowTail.close

function FollowTail:__tostring()
  return ("poe.wheel.FollowTail(%d)%s"):format(self.id, self.closed and " closed" or "")
end

return FollowTail
