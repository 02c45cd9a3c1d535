--- I/O in straight-line code: what a handler would do with wheels and events, waiting.
local core = ...
local poe = core.poe

---@class poe
local straight = {}

-- names ----------------------------------------------------------------------------------------

local function on_done(ticket)
  core.resume(ticket)
end

--- Waits for a job of the kernel's; `start(state, fn, ...)` begins it.
local function await(state, start)
  local ticket = core.token()
  local job, message, code = start(state, on_done, ticket)
  if not job then return nil, message, code end
  local guard <close> = job -- taken back when the handler is closed
  core.suspend()
  return job
end

--- The addresses of a host, without blocking.
---@param name string
---@param family? "inet"|"inet6"  default both
---@return string[]?
---@return string? message
---@return string? code
function straight.resolve(name, family)
  if type(name) ~= "string" then
    error(("bad argument #1 to 'resolve' (name: string expected, got %s)"):format(type(name)), 2)
  end
  local job, message, code = await("poe.resolve", function(...)
    return core.resolve(name, family or "any", ...)
  end)
  if not job then return nil, message, code end
  local addresses
  addresses, message, code = job:addresses()
  if not addresses then return nil, ("%s: %s"):format(message, name), code end
  return addresses
end

local function family_of(address)
  if address:find("/", 1, true) then return "unix" end
  if address:find(":", 1, true) then return "inet6" end
  if address:find "^%d+%.%d+%.%d+%.%d+$" then return "inet" end
end

local function check_port(name, port, address)
  if address:find("/", 1, true) and port == nil then return nil end
  local number = math.tointeger(tonumber(port))
  if not number or number < 0 or number > 65535 then
    error(("bad argument #2 to '%s' (port: must be 0 to 65535, got %s)"):format(name, tostring(port)), 3)
  end
  return number
end

-- connecting -----------------------------------------------------------------------------------

local function on_ready(socket, _, ticket)
  core.ignore(socket, "write")
  core.resume(ticket)
end

local function connect_to(address, port)
  local family = family_of(address)
  local socket, message, code = core.socket(family, "tcp")
  if not socket then return nil, message, code end
  local guard <close> = setmetatable({ socket = socket }, { __close = function(self)
    if self.socket then self.socket:close() end
  end })
  local ok
  ok, message, code = core.connect(socket, family, address, port or 0)
  if not ok then return nil, message, code end
  local ticket = core.token()
  ok, message, code = core.watch(socket, "write", "poe.connect", on_ready, ticket)
  if not ok then return nil, message, code end
  core.suspend()
  ok, message, code = core.connected(socket)
  if not ok then
    return nil, ("%s: connect to %s%s"):format(message, address, port and " port " .. port or ""), code
  end
  guard.socket = nil
  return socket
end

--- Connects, over TCP or, when the address is a path, to a Unix socket; tries each address of a name.
---@param address string
---@param port? integer
---@param filter? poe.filter  default a Line
---@return poe.wheel.ReadWrite?
---@return string? message
---@return string? code
function straight.connect(address, port, filter)
  if type(address) ~= "string" then
    error(("bad argument #1 to 'connect' (address: string expected, got %s)"):format(type(address)), 2)
  end
  port = check_port("connect", port, address)
  local addresses, socket, message, code = { address }, nil, nil, nil
  if not family_of(address) then
    addresses, message, code = straight.resolve(address)
    if not addresses then return nil, message, code end
  end
  for _, one in ipairs(addresses) do
    socket, message, code = connect_to(one, port)
    if socket then return poe.wheel.ReadWrite.new { handle = socket, filter = filter } end
  end
  return nil, message, code
end

-- listening ------------------------------------------------------------------------------------

---@class poe.listener
local Listener = {}
Listener.__index = Listener
Listener.__name = "poe.listener"

---@return string address
---@return integer? port
function Listener:getsockname()
  return self.socket:getsockname()
end

--- No more connections; those there are go on.  Any number of times.
function Listener:close()
  if self.wheel then self.wheel:close() end
  self.socket:close()
end

Listener.__close = Listener.close

local connection = {
  _start = function(fn, socket, filter)
    local wheel <close> = poe.wheel.ReadWrite.new { handle = socket, filter = filter and filter:clone() }
    fn(wheel)
  end,
  _stop = function() end, _child = function() end,
}

local listening = {
  _start = function(listener, fn, filter)
    local heap = poe.HEAP
    heap.fn, heap.filter = fn, filter
    listener.wheel = poe.wheel.ListenAccept.new {
      handle = listener.socket, accept_event = "accepted", error_event = "failed",
    }
    heap.listener = listener
  end,
  accepted = function(socket)
    local heap = poe.HEAP
    poe.Session.create { inline_states = connection, args = { heap.fn, socket, heap.filter, n = 3 } }
  end,
  failed = function(op, _, message) warn(("poe.listen: %s: %s"):format(op, message)) end,
  _child = function() end, _stop = function() end,
}

--- Listens: `fn(wheel)` runs for each connection, in a session of its own, and may wait; when it returns,
--- the wheel is closed.  Address "" or nil: all of IPv4; a path: a Unix socket.
---@param address? string
---@param port? integer  0: any
---@param fn fun(wheel: poe.wheel.ReadWrite)
---@param filter? poe.filter  cloned for each; default a Line
---@return poe.listener?
---@return string? message
---@return string? code
function straight.listen(address, port, fn, filter)
  if address == nil or address == "" then address = "0.0.0.0" end
  if type(address) ~= "string" then
    error(("bad argument #1 to 'listen' (address: string expected, got %s)"):format(type(address)), 2)
  elseif type(fn) ~= "function" then
    error(("bad argument #3 to 'listen' (function expected, got %s)"):format(type(fn)), 2)
  end
  port = check_port("listen", port, address)
  local family = family_of(address)
  if not family then
    local addresses, message, code = straight.resolve(address)
    if not addresses then return nil, message, code end
    address = addresses[1]
    family = family_of(address)
  end
  local socket, message, code = core.socket(family, "tcp")
  if not socket then return nil, message, code end
  local ok
  ok, message, code = core.bind(socket, family, address, port or 0, true)
  if ok then ok, message, code = core.listen(socket) end
  if not ok then
    socket:close()
    return nil, message, code
  end
  local listener = setmetatable({ socket = socket }, Listener)
  poe.Session.create { inline_states = listening, args = { listener, fn, filter, n = 3 } }
  return listener
end

-- programs -------------------------------------------------------------------------------------

local function on_data(data, chunks)
  chunks[#chunks + 1] = data
end

local function on_end(_, code, message, chunks, ticket)
  if code ~= "EOF" then chunks.failed = message end
  core.resume(ticket)
end

local function on_exit(_, _, status, signal, exit, ticket)
  exit.status, exit.signal = status, signal
  core.resume(ticket)
end

--- Runs a program to its end, with nothing on its standard input and our own standard error.
---@param program string|string[]  a command for the shell, or a list of words
---@return string? output  what it wrote to its standard output
---@return integer|string status  its exit status, 0 when a signal ended it; or a message
---@return integer|string signal  the signal that ended it, or 0; or a code
function straight.run(program)
  local how = { stdin = "null", stdout = "pipe" }
  if type(program) == "string" then
    how.shell = program
  elseif type(program) == "table" and program[1] then
    how.argv = program
  else
    error(("bad argument #1 to 'run' (program: command or list of words expected, got %s)")
      :format(type(program)), 2)
  end
  local ticket = core.token()
  local pid, _, stdout, code = core.process(how)
  if not pid then return nil, _, stdout end
  local exit, chunks = {}, {}
  core.child_watch(pid, "poe.run", on_exit, exit, ticket)
  local stream, message
  stream, message, code = core.stream(stdout, "poe.run", false)
  if not stream then
    stdout:close()
    return nil, message, code
  end
  local guard <close> = setmetatable({}, { __close = function() stream:close() end })
  stream:hook("input", on_data, chunks)
  stream:hook("error", on_end, chunks, ticket)
  core.suspend() -- one of the two
  if not (exit.status and stream:ended() == nil) then
    ticket = core.token()
    stream:hook("error", on_end, chunks, ticket)
    if not exit.status then core.child_watch(pid, "poe.run", on_exit, exit, ticket) end
    if not (exit.status and stream:ended() == nil) then core.suspend() end
  end
  return table.concat(chunks), exit.status, exit.signal
end

-- whole files ----------------------------------------------------------------------------------

--- How much read_file takes by default.
local MOST <const> = 1 << 30

--- Reads a whole file, on another thread.
---@param path string
---@param most? integer  bytes; a longer file gives "EFBIG", default 1 GiB
---@return string?
---@return string? message
---@return string? code
function straight.read_file(path, most)
  if type(path) ~= "string" then
    error(("bad argument #1 to 'read_file' (path: string expected, got %s)"):format(type(path)), 2)
  elseif most ~= nil and (math.type(most) ~= "integer" or most < 0) then
    error(("bad argument #2 to 'read_file' (most: must be 0 or more, got %s)"):format(tostring(most)), 2)
  end
  local job, message, code = await("poe.read_file", function(...)
    return core.read_file(path, most or MOST, ...)
  end)
  if not job then return nil, message, code end
  local data
  data, message, code = job:result()
  if not data then return nil, ("%s: %s"):format(message, path), code end
  return data
end

--- Writes a whole file, on another thread: replaces it, or appends.
---@param path string
---@param data string
---@param append? boolean
---@return true?
---@return string? message
---@return string? code
function straight.write_file(path, data, append)
  if type(path) ~= "string" then
    error(("bad argument #1 to 'write_file' (path: string expected, got %s)"):format(type(path)), 2)
  elseif type(data) ~= "string" then
    error(("bad argument #2 to 'write_file' (data: string expected, got %s)"):format(type(data)), 2)
  end
  local job, message, code = await("poe.write_file", function(...)
    return core.write_file(path, data, append or false, ...)
  end)
  if not job then return nil, message, code end
  local ok
  ok, message, code = job:result()
  if not ok then return nil, ("%s: %s"):format(message, path), code end
  return true
end

return straight
