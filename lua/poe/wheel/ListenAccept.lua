--- ListenAccept: accepts connections on a socket that listens (R311).
local core = ...
local wheel = core.part "poe.wheel"
local live = wheel.live

---@class poe.wheel.ListenAccept
---@field private id integer
---@field private session poe.Session
---@field private handle any
local ListenAccept = {}
ListenAccept.__index = ListenAccept
ListenAccept.__name = "poe.wheel.ListenAccept"

local KNOWN = { handle = "any", accept_event = "event", error_event = "event" }

local REST <const> = 0.2 -- see SocketFactory
local EXHAUSTED = { EMFILE = true, ENFILE = true, ENOBUFS = true, ENOMEM = true }
local on_rested

local function on_acceptable(handle, _, id)
  local self = live[id]
  if not self or self.closed then return end
  local client, address, port = core.accept(handle)
  if client then
    core.call(self.session, self.accept_event, client, address, port, id)
    return
  end
  local code = port
  if code == "EAGAIN" or code == "ECONNABORTED" then return end
  if EXHAUSTED[code] then
    core.ignore(handle, "read")
    self.waiting = core.after(REST, ("poe.wheel.ListenAccept(%d) -> rest"):format(id), on_rested, id)
  end
  if self.error_event then
    core.call(self.session, self.error_event, "accept", code, address, id)
  end
end

local function watch(self)
  return core.watch(self.handle, "read",
    ("poe.wheel.ListenAccept(%d) -> select read"):format(self.id), on_acceptable, self.id)
end

function on_rested(id)
  local self = live[id]
  if not self or self.closed then return end
  self.waiting = nil
  watch(self)
end

--- `handle`: a listening socket, a descriptor or a Lua file; it stays open when the wheel is closed.
--- `accept_event(socket, address, port, id)`, `error_event("accept", code, message, id)`.
---@param params table
---@return poe.wheel.ListenAccept
function ListenAccept.new(params)
  wheel.check("ListenAccept", params, KNOWN)
  if params.handle == nil then error("ListenAccept: handle required", 2) end
  wheel.check_handle("ListenAccept", "handle", params.handle)
  if not params.accept_event then error("ListenAccept: accept_event required", 2) end
  local self = setmetatable({
    id = wheel.allocate_wheel_id(), session = core.active(), handle = params.handle,
    accept_event = params.accept_event, error_event = params.error_event or nil,
  }, ListenAccept)
  live[self.id] = self
  local ok, message, code = watch(self)
  if not ok then
    self.closed = true -- it has nothing to stop: the watching is another's
    if code == "EBUSY" then error("ListenAccept: " .. message, 2) end
    if self.error_event then core.yield(self.error_event, "accept", code, message, self.id) end
  end
  return self
end

--- The wheel's number, never used again.
---@return integer
function ListenAccept:ID()
  return self.id
end

--- Changes accept_event, which cannot be taken away, or error_event.
---@param events table<string, string|false>
function ListenAccept:event(events)
  wheel.check("ListenAccept", events, KNOWN)
  if events.handle ~= nil then error("ListenAccept: 'handle' is not an event", 2) end
  if events.accept_event == false then error("ListenAccept: accept_event cannot be taken away", 2) end
  for name, event in pairs(events) do self[name] = event or nil end
end

--- Ends it, any number of times.
function ListenAccept:close()
  if self.closed then return end
  self.closed = true
  live[self.id] = nil
  if self.waiting then
    self.waiting:close()
  else
    core.ignore(self.handle, "read")
  end
end

ListenAccept.__close = ListenAccept.close
ListenAccept.__gc = ListenAccept.close

function ListenAccept:__tostring()
  return ("poe.wheel.ListenAccept(%d)%s"):format(self.id, self.closed and " closed" or "")
end

return ListenAccept
