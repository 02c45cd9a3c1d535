--- ReadWrite: buffered, filtered I/O on a handle (R254-R277).
---
--- The stream in C reads, cuts and writes.  A Line or Stream filter is lent to it: it does the same there,
--- until somebody uses the filter, who then gets it back with what it holds.  Other filters are asked
--- here, once per read.
local core = ...
local wheel = core.part "poe.wheel"
local filters = core.require "poe.filter"
local live, call = wheel.live, core.call

---@class poe.wheel.ReadWrite
---@field private id integer
---@field private told integer       the ID that events carry; of the wheel that this one is a part of
---@field private session poe.Session
---@field private input userdata     the stream that reads; the same as output on one handle
---@field private output userdata
---@field private lent boolean?      the input filter works in C now
---@field private get_whole function?  its, when it is an HTTPD as it comes
---@field private ending string?     what C puts behind each record; nil: ask the output filter
local ReadWrite = {}
ReadWrite.__index = ReadWrite
ReadWrite.__name = "poe.wheel.ReadWrite"

local KNOWN = {
  handle = "any", input_handle = "any", output_handle = "any", driver = "table", filter = "filter",
  input_filter = "filter", output_filter = "filter", input_event = "event", flushed_event = "event",
  error_event = "event", high_mark = "size", low_mark = "size", high_event = "event",
  low_event = "event", auto_flush = "any",
}

-- filters in C ---------------------------------------------------------------------------------

--- Lent filters look like their class, but each use of what they hold brings them back first.
local lent_classes = {}

local function give_back(filter)
  local self = live[filter.lent_to]
  setmetatable(filter, lent_classes[getmetatable(filter)])
  filter.lent_to = nil
  if self and self.lent then self:take_back(filter) end
end

local function lent_class(class)
  local lent = lent_classes[class]
  if lent then return lent end
  local methods = setmetatable({}, { __index = class })
  for _, name in ipairs { "get_one_start", "get_one", "get", "get_pending", "finish", "clone" } do
    methods[name] = function(filter, ...)
      give_back(filter)
      return filter[name](filter, ...)
    end
  end
  lent = { __index = methods, __name = class.__name }
  lent_classes[class], lent_classes[lent] = lent, class
  return lent
end

--- What C can put behind each record in the output filter's place, or nil.
---@private
local function ending_of(filter)
  local class = getmetatable(filter)
  if lent_classes[class] and filter.lent_to then class = lent_classes[class] end
  if class == filters.Line then return filter.output_literal end
  if class == filters.Stream then return "" end
end

--- Whether the filter is an HTTPD as it comes: C knows what most responses and requests look like.
local function is_http(filter)
  local class = rawget(filters, "HTTPD") -- nobody has one who has not named it
  return class ~= nil and getmetatable(filter) == class
end

---@private
--- From now on the filter is asked, and has what C held.
function ReadWrite:take_back(filter)
  self.lent = nil
  local rest, mate = self.input:rest()
  if mate then filter.mate = mate end -- the other half of a line end may come next
  if self.input:is_open() then
    self.input:frame "none"
    self:watch_input()
  end
  if rest ~= "" then filter:get_one_start { rest } end
end

--- The filter of all wheels that were given none: C does its work, so that none of it holds anything.
local shared

---@private
--- Somebody wants to see the filter: it gets one of its own.
function ReadWrite:own_filter()
  if not self.shared then return end
  local filter = shared:clone()
  self.shared, self.input_filter, self.output_filter = nil, filter, filter
  if not self.lent then return end
  filter.lent_to = self.id
  setmetatable(filter, lent_class(getmetatable(filter)))
end

---@private
--- Gives the input filter to C, if that can do what it does.
function ReadWrite:lend()
  if self.shared then
    self.input:frame(shared:framing())
    self.lent = true
    return
  end
  local filter = self.input_filter
  local class = getmetatable(filter)
  if class ~= filters.Line and class ~= filters.Stream then return end
  local how, ending, most = filter:framing()
  if not how then return end
  self.input:frame(how, ending, most)
  self.lent = true
  filter.lent_to = self.id
  setmetatable(filter, lent_class(class))
end

-- input ----------------------------------------------------------------------------------------

---@private
--- An error of the filter's: reading ends.
function ReadWrite:filter_failed(raised)
  local code, message = wheel.filter_error(raised)
  self.failed = true
  self:watch_input()
  self:tell_error("read", code, message)
end

---@private
function ReadWrite:tell_error(op, code, message)
  if self.error_event and not self.closed then
    core.call(self.session, self.error_event, op, code, message, self.told)
  end
end

--- Puts the running handler on a list of those that wait.
---@private
local function enlist(list)
  list[#list + 1] = core.token()
end

--- Takes the longest waiting handler off such a list, and lets it go on.  Whether there was one that
--- still waited.
---@private
local function go_on(list, ...)
  while list and list[1] do
    if core.resume(table.remove(list, 1), ...) then return true end
  end
  return false
end

--- Whether a handler waits in get.
local function awaited(self)
  return self.gets ~= nil and self.input:awaited()
end

--- A record for a handler that waits; when that has been cancelled, for the next.
local function hand(self, record)
  if not self.input:hand(record) then
    self.unread = self.unread or {}
    table.insert(self.unread, record)
  end
end

--- Dispatches what the filter gives, for as long as it is wanted.
local function deliver(self, filter)
  while self.input_filter == filter and not self.paused and not self.closed
    and (self.input_event or awaited(self)) do
    local ok, records = pcall(filter.get_one, filter)
    if not ok then return self:filter_failed(records) end
    if #records == 0 then return end
    for _, record in ipairs(records) do
      if awaited(self) then
        hand(self, record)
      elseif self.input_event then
        core.call(self.session, self.input_event, record, self.told)
      else
        hand(self, record)
      end
    end
  end
  if self.input_filter == filter then
    self.held = true
    if not self.input_event and not awaited(self) then self:watch_input() end
  end
end

--- C has cut a record for a handler that waits.
local on_got = core.got(live, function(record, id)
  local self = live[id]
  if not self or self.closed then return end
  hand(self, record)
  if not awaited(self) then self:watch_input() end
end)

--- A read has brought `data`.
local function on_input(data, id)
  local self = live[id]
  if not self or self.closed then return end
  local filter = self.input_filter
  local whole = self.get_whole
  if whole and self.input_event and not self.paused and not awaited(self) then
    local request = whole(filter, data) -- as most reads are
    if request then
      call(self.session, self.input_event, request, self.told)
      return
    end
  end
  local ok, raised = pcall(filter.get_one_start, filter, { data })
  if not ok then return self:filter_failed(raised) end
  deliver(self, filter)
end

--- Input was held back and can go on.
local function on_resumed(id)
  local self = live[id]
  if not self or self.closed then return end
  if self.held then -- else a get has taken all there was
    self.held = nil
    deliver(self, self.input_filter)
  end
  if self.closed or self.held then return end
  if not self.paused then self.input:pause(false) end
end

--- The end of input, for a filter that may have one more record; or an error, for those who wait.
---@private
local function on_error(op, code, message, id)
  local self = live[id]
  if not self or self.closed then return end
  local filter = self.input_filter
  if op == "read" and code == "EOF" and filter.finish and (self.input_event or awaited(self)) then
    local ok, records = pcall(filter.finish, filter)
    if not ok then return self:filter_failed(records) end
    for _, record in ipairs(records) do
      if awaited(self) then
        hand(self, record)
      elseif self.input_event and not self.closed then
        core.call(self.session, self.input_event, record, self.told)
      end
    end
  end
  local told = false
  if op == "read" then
    while awaited(self) do told = self.input:hand(nil, message, code) or told end
  elseif op == "write" then
    local list = self.drainers
    while list and list[1] do told = go_on(list, nil, message, code) or told end
  end
  if not told or op == "write" then self:tell_error(op, code, message) end
end

--- All has been written.
local function on_flushed(id)
  local self = live[id]
  if not self or self.closed then return end
  local list = self.drainers
  while list and list[1] do go_on(list, true) end
  self:watch_flushed()
  if self.flushed_event then core.call(self.session, self.flushed_event, self.told) end
end

---@private
function ReadWrite:watch_flushed()
  if self.drainers and self.drainers[1] then
    self.output:hook("flushed", on_flushed, self.id)
  else
    self.output:hook("flushed", self.flushed_event, self.told)
  end
end

---@private
--- Watches input, or not, in the way that the filter wants.
function ReadWrite:watch_input()
  local input = self.input
  self.get_whole = is_http(self.input_filter) and filters.HTTPD.get_whole or nil
  if self.lent and self.gets and not self.input_event and not self.failed then
    input:getting(on_got, self.id)
  elseif self.failed or not (self.input_event or awaited(self)) then
    input:hook "input"
  elseif self.lent and awaited(self) then
    input:hook("input", on_got, self.id)
  elseif self.lent then
    input:hook("input", self.input_event, self.told)
  else
    input:hook("input", on_input, self.id)
  end
end

--- For other wheels.
ReadWrite.on_error, ReadWrite.ending_of, ReadWrite.go_on, ReadWrite.enlist = on_error, ending_of, go_on, enlist

---@private
function ReadWrite:watch_errors()
  local filter = self.input_filter
  local last = filter.final and filter.finish and self.input_event
  local event = (last or self.gets or self.drainers) and on_error or self.error_event or nil
  self.input:hook("error", event, self.id)
  if self.output ~= self.input then
    self.output:hook("error", self.drainers and on_error or self.error_event or nil, self.id)
  end
end

-- making ---------------------------------------------------------------------------------------

local function check_marks(params)
  local high, low = params.high_mark, params.low_mark
  if (high == nil) ~= (low == nil) then
    error("ReadWrite: high_mark and low_mark require each other, got "
      .. (high and "high_mark" or "low_mark") .. " alone", 3)
  elseif params.high_event and not high then
    error("ReadWrite: high_event requires high_mark, got none", 3)
  elseif (low == nil) ~= not params.low_event then
    error("ReadWrite: low_mark and low_event require each other, got "
      .. (low and "low_mark" or "low_event") .. " alone", 3)
  end
end

--- One stream for each handle; what cannot be watched is told to error_event later.
local function open(self, handle, op, output)
  local stream, message, code = core.stream(handle, ("poe.wheel.ReadWrite(%d)"):format(self.id), output)
  if stream then return stream end
  if code == "EBUSY" or code == "EBADF" then
    if self.input then self.input:close() end
    self.closed = true
    error("ReadWrite: " .. message, 3)
  end
  if self.error_event then
    core.yield(self.error_event, op, code, message, self.id)
  end
  return nil
end

--- It keeps its session until it is closed, or both input and output have ended.
--- `handle`, or `input_handle` and `output_handle`: a socket, a Lua file or a descriptor, which the
--- wheel has for itself.  Our own sockets are closed with the wheel, unless another one is made of
--- them by the end of the slice.
--- `filter`, or `input_filter` and `output_filter`; default a Line.
--- `input_event(record, id)`, `flushed_event(id)`, `error_event(op, code, message, id)`; at the end of
--- input op is "read" and code "EOF".  `high_mark` and `low_mark` octets, `high_event(id)`, `low_event(id)`.
--- `auto_flush`: put writes at once.
---@param params table
---@return poe.wheel.ReadWrite
function ReadWrite.new(params)
  wheel.check("ReadWrite", params, KNOWN)
  local one = params.handle
  if one ~= nil and (params.input_handle ~= nil or params.output_handle ~= nil) then
    error("ReadWrite: handle and input_handle or output_handle exclude each other", 2)
  end
  local input, output = params.input_handle, params.output_handle
  if one ~= nil then input, output = one, one end
  if input == nil then error("ReadWrite: handle or input_handle required", 2) end
  if output == nil then error("ReadWrite: handle or output_handle required", 2) end
  wheel.check_handle("ReadWrite", one ~= nil and "handle" or "input_handle", input)
  wheel.check_handle("ReadWrite", one ~= nil and "handle" or "output_handle", output)
  local block = params.driver and params.driver.block_size or 65536
  if math.type(block) ~= "integer" or block <= 0 then
    error(("ReadWrite: driver's block_size must be a positive integer, got %s"):format(tostring(block)), 2)
  end
  if params.filter and (params.input_filter or params.output_filter) then
    error("ReadWrite: filter and input_filter or output_filter exclude each other", 2)
  end
  check_marks(params)

  local id = wheel.allocate_wheel_id()
  local self = setmetatable({
    id = id, told = id, session = core.active(), input_event = params.input_event or nil,
    flushed_event = params.flushed_event or nil, error_event = params.error_event or nil,
    high_event = params.high_event or nil, low_event = params.low_event or nil,
    high = params.high_mark, low = params.low_mark, auto_flush = params.auto_flush or nil,
    input_handle = input, output_handle = output,
  }, ReadWrite)
  local default
  if not (params.filter or params.input_filter or params.output_filter) then
    shared = shared or filters.Line.new()
    self.shared, default = true, shared
  elseif not (params.filter or params.input_filter and params.output_filter) then
    default = filters.Line.new()
  end
  self.input_filter = params.filter or params.input_filter or default
  self.output_filter = params.filter or params.output_filter or default
  self.ending = ending_of(self.output_filter)
  live[id] = self

  self.input = open(self, input, "read", rawequal(input, output))
  self.output = rawequal(input, output) and self.input
    or self.input and open(self, output, "write", true)
  if not self.output then
    if self.input then self.input:close() end
    self.closed = true
    return self
  end
  if params.driver then self.input:block(block) end
  if self.high then self.output:marks(self.high, self.low) end
  self.output:hook("flushed", self.flushed_event, id)
  self.output:hook("high", self.high_event, id)
  self.output:hook("low", self.low_event, id)
  self:direct()
  self:lend()
  self:watch_errors()
  self:watch_input()
  return self
end

local function check_open(self, method, level)
  if self.closed or not self.output:is_open() and not self.input:is_open() then
    error(("ReadWrite: %s: wheel %d is closed"):format(method, self.id), level or 3)
  end
end

-- methods --------------------------------------------------------------------------------------

--- The wheel's number, never used again.
---@return integer
function ReadWrite:ID()
  return self.id
end

--- Queues records; they leave together at the end of the slice.
---@param ... any  records, as the output filter takes them
---@return boolean  whether the high mark is reached
function ReadWrite:put(...)
  if self.closed then check_open(self, "put", 4) end -- put_direct is between
  local high
  if self.ending then
    high = self.output:put(self.ending, ...)
  else
    high = self.output:put("", table.unpack(self.output_filter:put { ... }))
  end
  if self.auto_flush then self.output:flush() end
  return high
end

ReadWrite.put = core.put_direct(ReadWrite.put)

---@private
--- Lets put end in C, or not.
function ReadWrite:direct()
  local direct = not self.closed and not self.auto_flush
  self.output:direct(direct and self.ending or nil, direct and is_http(self.output_filter))
end

--- Waits for the next record, ahead of input_event: of several handlers the one that has waited longest
--- gets it.  Without input_event nothing is read while nobody waits.
---@return any record  nil at the end of input and on errors
---@return string? message
---@return string? code
function ReadWrite:get()
  check_open(self, "get", 4) -- get_direct is between
  if self.unread then
    local record = table.remove(self.unread, 1)
    if self.unread[1] == nil then self.unread = nil end
    return record
  end
  if not awaited(self) and not self.failed then
    if self.lent then
      local record, message, code = self.input:next()
      if code then return nil, message, code end
      if record then return record end
    elseif not self.input_event or self.held then
      local ok, records = pcall(self.input_filter.get_one, self.input_filter)
      if not ok then
        self:filter_failed(records)
        local code, message = wheel.filter_error(records)
        return nil, message, code
      end
      if records[1] ~= nil then return records[1] end
      self.held = nil
    end
  end
  local ended, message, code = self.input:ended()
  if ended == nil then return nil, message, code end
  self.input:enlist()
  if not self.gets then
    self.gets = true
    self:watch_errors()
  end
  self:watch_input()
  return core.suspend()
end

ReadWrite.get = core.get_direct(ReadWrite.get)

--- Waits until everything that was put has been written.
---@return true?
---@return string? message
---@return string? code
function ReadWrite:drain()
  check_open(self, "drain")
  if self.output:queued() == 0 then return true end
  local first = not self.drainers
  self.drainers = self.drainers or {}
  enlist(self.drainers)
  if first then self:watch_errors() end
  self:watch_flushed()
  return core.suspend()
end

--- Writes what can be written now; flushed, low and error events come before it returns.
function ReadWrite:flush()
  check_open(self, "flush")
  self.output:flush()
end

local EVENTS = { input_event = true, flushed_event = true, error_event = true, high_event = true,
  low_event = true }

--- Changes events; false takes one away.  Without input_event nothing is read.
---@param events table<string, string|false>
function ReadWrite:event(events)
  check_open(self, "event")
  wheel.check("ReadWrite", events, KNOWN)
  for name in pairs(events) do
    if not EVENTS[name] then error(("ReadWrite: '%s' is not an event"):format(name), 2) end
    if (name == "high_event" or name == "low_event") and not self.high then
      error(("ReadWrite: %s requires high_mark and low_mark, got none"):format(name), 2)
    end
  end
  for name, event in pairs(events) do
    self[name] = event or nil
  end
  self.output:hook("flushed", self.flushed_event, self.id)
  self.output:hook("high", self.high_event, self.id)
  self.output:hook("low", self.low_event, self.id)
  self:watch_errors()
  self:watch_input()
  if self.held and self.input_event then self:resume_held() end
end

---@private
--- What the filter holds comes before anything else is read, the end of input too.
function ReadWrite:resume_held()
  self.input:pause(true)
  core.defer(("poe.wheel.ReadWrite(%d) -> select read"):format(self.id), on_resumed, self.id)
end

--- Replaces the input filter.  What the old one holds is cut anew at once: its records are dispatched
--- before this returns (R268, R269).
---@param filter poe.filter
function ReadWrite:set_input_filter(filter)
  check_open(self, "set_input_filter")
  wheel.check("ReadWrite", { input_filter = filter }, KNOWN)
  if filter == nil then error("ReadWrite: input_filter must be a filter, got nil", 2) end
  if filter == self.input_filter then return end
  self:own_filter()
  local pending = table.concat(self.input_filter:get_pending() or {}) -- brings a lent one back
  self.input_filter = filter
  self.failed = nil
  if pending == "" then self:lend() end
  self:watch_errors()
  self:watch_input()
  if pending == "" then return end
  local ok, raised = pcall(filter.get_one_start, filter, { pending })
  if not ok then return self:filter_failed(raised) end
  deliver(self, filter)
end

--- Another filter for what is put from now on.
---@param filter poe.filter
function ReadWrite:set_output_filter(filter)
  check_open(self, "set_output_filter")
  wheel.check("ReadWrite", { output_filter = filter }, KNOWN)
  if filter == nil then error("ReadWrite: output_filter must be a filter, got nil", 2) end
  self:own_filter()
  self.output_filter = filter
  self.ending = ending_of(filter)
  self:direct()
end

--- Another filter for both ways.
---@param filter poe.filter  for both ways
function ReadWrite:set_filter(filter)
  check_open(self, "set_filter")
  wheel.check("ReadWrite", { filter = filter }, KNOWN)
  if filter == nil then error("ReadWrite: filter must be a filter, got nil", 2) end
  self:set_output_filter(filter)
  self:set_input_filter(filter)
end

--- The filter for what is read.
---@return poe.filter
function ReadWrite:get_input_filter()
  self:own_filter()
  return self.input_filter
end

--- The filter for what is put.
---@return poe.filter
function ReadWrite:get_output_filter()
  self:own_filter()
  return self.output_filter
end

--- What is read.
---@return any  the handle that was given
function ReadWrite:get_input_handle()
  return self.input_handle
end

--- What is written to.
---@return any
function ReadWrite:get_output_handle()
  return self.output_handle
end

--- A new high mark: above the low one, in a wheel that was made with marks (R264).
---@param octets integer
---@return true?
---@return string? message
---@return string? code  "EINVAL"
function ReadWrite:set_high_mark(octets)
  check_open(self, "set_high_mark")
  if not self.high or math.type(octets) ~= "integer" or octets < 1 or octets <= self.low then
    return nil, ("EINVAL: high_mark must be an integer above the low mark, %s, got %s")
      :format(tostring(self.low), tostring(octets)), "EINVAL"
  end
  self.high = octets
  self.output:marks(self.high, self.low)
  return true
end

--- Below so many octets waiting to be written, low_event comes.
---@param octets integer
---@return true?
---@return string? message
---@return string? code  "EINVAL"
function ReadWrite:set_low_mark(octets)
  check_open(self, "set_low_mark")
  if not self.high or math.type(octets) ~= "integer" or octets < 1 or octets >= self.high then
    return nil, ("EINVAL: low_mark must be a positive integer below the high mark, %s, got %s")
      :format(tostring(self.high), tostring(octets)), "EINVAL"
  end
  self.low = octets
  self.output:marks(self.high, self.low)
  return true
end

--- How many octets wait to be written.
---@return integer  octets that wait to be written
function ReadWrite:get_driver_out_octets()
  return (self.output and self.output:queued() or 0)
end

--- How many puts wait to be written.
---@return integer  puts that wait to be written
function ReadWrite:get_driver_out_messages()
  if not self.output then return 0 end
  local _, messages = self.output:queued()
  return messages
end

--- Stops reading; in an input handler the rest of that read waits, too.
function ReadWrite:pause_input()
  check_open(self, "pause_input")
  self.paused = true
  self.input:pause(true)
end

--- Goes on with what was held back, or with reading.
function ReadWrite:resume_input()
  check_open(self, "resume_input")
  if not self.paused then return end
  self.paused = nil
  if self.held then self:resume_held() else self.input:pause(false) end
end

--- No more input.
function ReadWrite:shutdown_input()
  check_open(self, "shutdown_input")
  self.input:shutdown(true, false)
end

--- No more output: the peer reads the end when what was put has been written.
function ReadWrite:shutdown_output()
  check_open(self, "shutdown_output")
  self.output:shutdown(false, true)
end

--- Ends the wheel, any number of times.  Nothing more is delivered; what was put is still written.
function ReadWrite:close()
  if self.closed then return end
  self.closed = true
  live[self.id] = nil
  self.input:close(false)
  self.output:close(false)
  self:direct()
  self:let_go()
end

---@private
--- Handlers that wait for it go on.
function ReadWrite:let_go()
  local list, message, code = self.drainers, "ECANCELED: the wheel was closed", "ECANCELED"
  while awaited(self) do self.input:hand(nil, message, code) end
  while list and list[1] do go_on(list, nil, message, code) end
end

--- The same, and what was put and is not written yet is dropped.
function ReadWrite:abort()
  if self.input and self.output then
    self.input:close(true)
    self.output:close(true)
    self.output:direct()
  end
  self.closed = true
  live[self.id] = nil
  self:let_go()
end

ReadWrite.__close = ReadWrite.close

function ReadWrite:__tostring()
  return ("poe.wheel.ReadWrite(%d)%s"):format(self.id, self.closed and " closed" or "")
end

return ReadWrite
