--- SocketFactory: makes sockets, by connecting or by listening (R303-R310).
local core = ...
local wheel = core.part "poe.wheel"
local live = wheel.live

---@class poe.wheel.SocketFactory
---@field private id integer
---@field private session poe.Session
---@field private socket poe.Socket?  the one it connects or listens with
---@field private waiting userdata?   a lookup or a timer of its own
local SocketFactory = {}
SocketFactory.__index = SocketFactory
SocketFactory.__name = "poe.wheel.SocketFactory"

local KNOWN = {
  bind_address = "string", bind_port = "any", reuse = "any", listen_queue = "size",
  remote_address = "string", remote_port = "any", socket_domain = "string", socket_type = "string",
  socket_protocol = "string", success_event = "event", failure_event = "event",
}

local DOMAINS = { inet = true, inet6 = true, unix = true }
local PROTOCOLS = { tcp = "stream", udp = "dgram" }

--- How long a listener that has run out of descriptors or memory rests, in seconds.
local REST <const> = 0.2
local EXHAUSTED = { EMFILE = true, ENFILE = true, ENOBUFS = true, ENOMEM = true }

local function state_name(self, what)
  return ("poe.wheel.SocketFactory(%d) -> %s"):format(self.id, what)
end

-- telling --------------------------------------------------------------------------------------

--- A failure while the wheel is made is posted (R303), one that comes later is dispatched (R307).
local function fail(self, op, message, code)
  if self.closed then return end
  if self.making then
    core.yield(self.failure_event, op, code, message, self.id)
  else
    core.call(self.session, self.failure_event, op, code, message, self.id)
  end
end

--- It has done what it was for.
local function finish(self)
  if self.waiting then self.waiting:close() end
  self.socket, self.waiting, self.finished = nil, nil, true
end

local function fail_for_good(self, op, message, code)
  if self.socket then self.socket:close() end
  finish(self)
  fail(self, op, message, code)
end

-- listening ------------------------------------------------------------------------------------

local on_rested

local function on_acceptable(socket, _, id)
  local self = live[id]
  if not self or self.closed then return end
  local client, address, port = core.accept(socket)
  if client then
    core.call(self.session, self.success_event, client, address, port, id)
    return
  end
  local code = port
  if code == "EAGAIN" or code == "ECONNABORTED" then return end
  if EXHAUSTED[code] then -- what waits stays in the backlog meanwhile
    core.ignore(socket, "read")
    self.waiting = core.after(REST, state_name(self, "rest"), on_rested, id)
  end
  fail(self, "accept", address, code)
end

---@private
function SocketFactory:watch_accept()
  return core.watch(self.socket, "read", state_name(self, "select accept"), on_acceptable, self.id)
end

function on_rested(id)
  local self = live[id]
  if not self or self.closed or not self.socket then return end
  self.waiting = nil
  if not self.paused then self:watch_accept() end
end

-- connecting -----------------------------------------------------------------------------------

local function on_connected(socket, _, id)
  local self = live[id]
  if not self or self.closed then return end
  core.ignore(socket, "write")
  local ok, message, code = core.connected(socket)
  if not ok then return fail_for_good(self, "connect", message, code) end
  local address, port = socket:getpeername()
  if not address then return fail_for_good(self, "getpeername", port, "ENOTCONN") end
  if self.domain == "unix" then address, port = self.remote, nil end
  finish(self)
  core.call(self.session, self.success_event, socket, address, port, id)
end

-- making, step by step -------------------------------------------------------------------------

local start

--- The name has been looked up.
local function on_resolved(id)
  local self = live[id]
  if not self or self.closed then return end
  local addresses, message, code = self.waiting:addresses()
  self.waiting = nil
  if not addresses or not addresses[1] then
    return fail_for_good(self, "getaddrinfo", message or "EAI_NODATA: no address", code or "EAI_NODATA")
  end
  self[self.resolving] = addresses[1]
  start(self)
end

--- Makes an address of the name in field `which`.  Whether it is one already.
local function resolve(self, which)
  local name = self[which]
  local numeric = self.domain == "inet6" and name:find(":", 1, true)
    or self.domain == "inet" and name:find "^%d+%.%d+%.%d+%.%d+$"
  if numeric or self.domain == "unix" then return true end
  local lookup, message, code = core.resolve(name, self.domain, state_name(self, "resolve"),
    on_resolved, self.id)
  if lookup then
    self.waiting, self.resolving = lookup, which
  else
    fail_for_good(self, "getaddrinfo", message, code)
  end
  return false
end

local ANY = { inet = "0.0.0.0", inet6 = "::" }

--- Goes as far as it can without waiting.
function start(self)
  local domain, ok, message, code = self.domain, nil, nil, nil
  if self.address and not resolve(self, "address") then return end
  if self.remote and not resolve(self, "remote") then return end
  self.socket, message, code = core.socket(domain, self.protocol)
  if not self.socket then return fail_for_good(self, "socket", message, code) end
  local socket = self.socket
  local address = self.address or self.port and ANY[domain] or not self.remote and ANY[domain]
  if address then
    ok, message, code = core.bind(socket, domain, address, self.port or 0, self.reuse)
    if not ok then return fail_for_good(self, "bind", message, code) end
  end
  if self.remote then
    ok, message, code = core.connect(socket, domain, self.remote, self.remote_port or 0)
    if not ok then return fail_for_good(self, "connect", message, code) end
    ok, message, code = core.watch(socket, "write", state_name(self, "select connect"), on_connected,
      self.id)
    if not ok then return fail_for_good(self, "connect", message, code) end
  elseif self.protocol == "udp" then
    finish(self)
    core.yield(self.success_event, socket, nil, nil, self.id)
  else
    ok, message, code = core.listen(socket, self.listen_queue)
    if not ok then return fail_for_good(self, "listen", message, code) end
    self.listening = true
    if not self.paused then
      ok, message, code = self:watch_accept()
      if not ok then return fail_for_good(self, "listen", message, code) end
    end
  end
end

--- A port's number: itself, or what the system's table of services says; nil when it says nothing.
local function port_number(name, value, protocol)
  if value == nil then return nil end
  local port = math.tointeger(tonumber(value))
  if not port and type(value) == "string" and not tonumber(value) then
    return core.service(value, protocol) or false
  end
  if not port or port < 0 or port > 65535 then
    error(("SocketFactory: %s must be 0 to 65535 or a service's name, got %s")
      :format(name, tostring(value)), 3)
  end
  return port
end

local REUSE = { yes = true, on = true, [true] = true }

--- With `remote_address` (and `remote_port`, but for Unix sockets) it connects, once; without, it
--- listens, or has a UDP socket at once.  Names are looked up without blocking.
--- `success_event(socket, address, port, id)`; a Unix peer has "" and nil, a Unix server its path and
--- nil, a UDP socket nil and nil.  `failure_event(op, code, message, id)`; what fails while the wheel is
--- made is posted.  A listener that runs out of descriptors tells "accept", rests and goes on.
--- `reuse`: true, "yes", "on" or a number but 0.  `listen_queue`: default the system's most.
---@param params table
---@return poe.wheel.SocketFactory
function SocketFactory.new(params)
  wheel.check("SocketFactory", params, KNOWN)
  for _, name in ipairs { "success_event", "failure_event" } do
    if not params[name] then error(("SocketFactory: %s required"):format(name), 2) end
  end
  local domain = params.socket_domain or "inet"
  local protocol = params.socket_protocol or params.socket_type == "dgram" and "udp" or "tcp"
  if not DOMAINS[domain] then
    error(('SocketFactory: socket_domain must be "inet", "inet6" or "unix", got %q'):format(domain), 2)
  elseif not PROTOCOLS[protocol] then
    error(('SocketFactory: socket_protocol must be "tcp" or "udp", got %q'):format(protocol), 2)
  elseif params.socket_type and params.socket_type ~= PROTOCOLS[protocol] then
    error(("SocketFactory: socket_type must be %q for %s, got %q")
      :format(PROTOCOLS[protocol], protocol, params.socket_type), 2)
  elseif domain == "unix" and not (params.remote_address or params.bind_address) then
    error("SocketFactory: bind_address or remote_address required", 2)
  elseif domain ~= "unix" and params.remote_address and params.remote_port == nil then
    error("SocketFactory: remote_port required", 2)
  end
  local bind_port = port_number("bind_port", params.bind_port, protocol)
  local remote_port = port_number("remote_port", params.remote_port, protocol)

  local reuse = params.reuse
  local self = setmetatable({
    id = wheel.allocate_wheel_id(), session = core.active(), making = true,
    domain = domain, protocol = protocol,
    address = params.bind_address, port = domain ~= "unix" and bind_port or nil,
    remote = params.remote_address, remote_port = domain ~= "unix" and remote_port or nil,
    reuse = REUSE[reuse] or tonumber(reuse) ~= nil and tonumber(reuse) ~= 0 or false,
    listen_queue = params.listen_queue,
    success_event = params.success_event, failure_event = params.failure_event,
  }, SocketFactory)
  live[self.id] = self
  if bind_port == false or remote_port == false then
    fail_for_good(self, "getservbyname", ("EADDRNOTAVAIL: no such service: %s")
      :format(tostring(bind_port == false and params.bind_port or params.remote_port)), "EADDRNOTAVAIL")
  else
    start(self)
  end
  self.making = nil
  return self
end

-- methods --------------------------------------------------------------------------------------

--- The wheel's number, never used again.
---@return integer
function SocketFactory:ID()
  return self.id
end

--- Changes success_event or failure_event; neither can be taken away.
---@param events table<string, string>
function SocketFactory:event(events)
  wheel.check("SocketFactory", events, KNOWN)
  for name, event in pairs(events) do
    if name ~= "success_event" and name ~= "failure_event" then
      error(("SocketFactory: '%s' is not an event"):format(name), 2)
    elseif not event then
      error(("SocketFactory: %s cannot be taken away"):format(name), 2)
    end
  end
  for name, event in pairs(events) do self[name] = event end
end

--- Where the socket is bound.
---@return string? address
---@return integer|string? port  nil for a Unix socket
---@return string? code  "EBADF": it has none any more, or not yet
function SocketFactory:getsockname()
  if not self.socket then return nil, "EBADF: the wheel has no socket", "EBADF" end
  return self.socket:getsockname()
end

--- Leaves new connections in the backlog.
function SocketFactory:pause_accept()
  if self.closed then error(("SocketFactory: pause_accept: wheel %d is closed"):format(self.id), 2) end
  if self.paused then return end
  self.paused = true
  if self.listening and not self.waiting then core.pause(self.socket, "read", true) end
end

--- Goes on with accepting.
function SocketFactory:resume_accept()
  if self.closed then error(("SocketFactory: resume_accept: wheel %d is closed"):format(self.id), 2) end
  if not self.paused then return end
  self.paused = nil
  if not self.listening or self.waiting then return end
  if not core.pause(self.socket, "read", false) then self:watch_accept() end
end

--- Ends it, any number of times: stops listening or connecting.  Sockets it has given away live on.
function SocketFactory:close()
  if self.closed then return end
  self.closed = true
  live[self.id] = nil
  if self.socket then self.socket:close() end
  finish(self)
end

SocketFactory.__close = SocketFactory.close
SocketFactory.__gc = SocketFactory.close

function SocketFactory:__tostring()
  return ("poe.wheel.SocketFactory(%d)%s"):format(self.id, self.closed and " closed" or "")
end

return SocketFactory
