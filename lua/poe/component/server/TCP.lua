--- server.TCP: a listener and a session for each connection (R312-R323).
local core = ...
local component = core.part "poe.component"
local wheel = core.part "poe.wheel"
local poe = core.poe

---@class poe.component.server.TCP
local TCP = {}

local KNOWN = {
  alias = "string", address = "string", hostname = "string", port = "any", domain = "string",
  concurrency = "any", acceptor = "function", error = "function", started = "function",
  stopped = "function", listener_args = "table", client_args = "table", client_input = "function",
  client_pre_connect = "function", client_connected = "function", client_disconnected = "function",
  client_error = "function", client_flushed = "function", client_high = "function",
  client_low = "function", high_mark = "size", low_mark = "size", client_filter = "any",
  client_input_filter = "any", client_output_filter = "any", client_shutdown_on_error = "boolean",
  inline_states = "table", object_states = "table", package_states = "table",
  session_params = "table",
}

local MARKS = { "high_mark", "low_mark", "client_high", "client_low" }

--- Only programs that accept for themselves do without these.
local function check_acceptor(params)
  if (params.acceptor == nil) == (params.client_input == nil) then
    error("server.TCP: acceptor or client_input required, got " .. (params.acceptor and "both" or "none"), 3)
  end
  if not params.acceptor then return end
  for name in pairs(params) do
    if type(name) == "string" and name:find "^client_" then
      error(("server.TCP: %s requires client_input, got none"):format(name), 3)
    end
  end
end

local function default_error(op, _, message, id)
  local heap = poe.HEAP
  warn(("server.TCP: session %d: %s: %s"):format(poe.SESSION:ID(), op, message))
  if op ~= "accept" and heap.listener and heap.listener:ID() == id then
    heap.listener:close()
    heap.listener = nil
  end
end

local function default_client_error(op, code, message)
  if op == "read" and (code == "EOF" or code == "ECONNRESET") then return end
  warn(("server.TCP: connection %d: %s: %s"):format(poe.SESSION:ID(), op, message))
end

--- The states that all connections of a server share.
local function connection_states(params, listener)
  local pre_connect, connected = params.client_pre_connect, params.client_connected
  local input, flushed = params.client_input, params.client_flushed
  local disconnected = params.client_disconnected
  local on_error = params.client_error or default_client_error
  local shutdown_on_error = params.client_shutdown_on_error ~= false
  local filter, input_filter = params.client_filter, params.client_input_filter
  local marks = params.high_mark ~= nil
  local ReadWrite = poe.wheel.ReadWrite
  local unpack = table.unpack

  --- Says goodbye and lets the wheel go; what it has to write is written all the same.
  local function leave(heap, ...)
    if disconnected then disconnected(...) end
    if heap.client then heap.client:close() end
    heap.client = nil
  end

  local own = {
    _start = function(socket, address, port, args)
      local heap = poe.HEAP
      heap.shutdown = false
      heap.shutdown_on_error = shutdown_on_error
      heap.remote_ip = params.domain == "unix" and "LOCAL" or address
      heap.remote_port = port
      local using = socket
      if pre_connect then
        using = pre_connect(socket, args)
        if not using then
          socket:close()
          return
        end
      end
      local spec = {
        handle = using, input_event = "tcp_server_got_input", error_event = "tcp_server_got_error",
        flushed_event = (flushed or disconnected) and "tcp_server_got_flush" or nil,
      }
      if input_filter then
        spec.input_filter = component.filter(input_filter)
        spec.output_filter = component.filter(params.client_output_filter)
      else
        spec.filter = component.filter(filter)
      end
      if marks then
        spec.high_mark, spec.low_mark = params.high_mark, params.low_mark
        spec.high_event, spec.low_event = "tcp_server_got_high", "tcp_server_got_low"
      end
      heap.client = ReadWrite.new(spec)
      if connected then connected(unpack(args, 1, args.n or #args)) end
    end,
    tcp_server_got_high = params.client_high,
    tcp_server_got_low = params.client_low,
    tcp_server_got_input = function(...)
      if not poe.HEAP.shutdown then input(...) end
    end,
    tcp_server_got_error = function(...)
      local heap = poe.HEAP
      on_error(...)
      if heap.shutdown_on_error then
        heap.got_an_error = true
        poe.yield "shutdown"
      end
    end,
    tcp_server_got_flush = function(...)
      local heap = poe.HEAP
      if flushed then flushed(...) end
      if heap.shutdown then leave(heap, ...) end
    end,
    shutdown = function(...)
      local heap = poe.HEAP
      heap.shutdown = true
      if heap.client and (heap.got_an_error or heap.client:get_driver_out_octets() == 0) then
        leave(heap, ...)
      elseif heap.client and not (flushed or disconnected) then
        heap.client:event { flushed_event = "tcp_server_got_flush" }
      end
    end,
    _child = function() end,
    _stop = function() core.call(listener.id, "disconnected") end,
  }
  return component.states("server.TCP", own, params, 2)
end

--- A listener on `address` (or `hostname`; default all) and `port` (0: any), of `domain` "inet", "inet6" or
--- "unix".  `alias`, `concurrency` (-1: any number; 0 accepts one, R319), `error(op, code, message, id)`,
--- `started(listener_args...)`, `stopped()` are the listener's, HEAP.listener its wheel.
--- `acceptor(socket, address, port, id)` takes connections as they come; it posts "disconnected" to the listener
--- for each that has ended.
--- Without it each connection is a session, child of the listener; HEAP.client is its wheel,
--- HEAP.remote_ip and HEAP.remote_port tell who it is: `client_pre_connect(socket, client_args)` returns the
--- socket to use or nothing, `client_connected(client_args...)`, `client_input(record, id)`,
--- `client_flushed(id)`, `client_error(op, code, message, id)`, `client_disconnected(...)`,
--- `high_mark`, `low_mark`, `client_high(id)`, `client_low(id)`, `client_filter` or `client_input_filter` and
--- `client_output_filter`, `client_shutdown_on_error` (true), `inline_states`, `object_states`, `package_states`,
--- `session_params`.
--- Events: "shutdown" to the listener or to a connection, "set_concurrency" to the listener; without limit it
--- goes on only when it was not paused (R320).
---@param params table
---@return integer id  of the listener's session
function TCP.new(params)
  wheel.check("server.TCP", params, KNOWN)
  check_acceptor(params)
  if params.client_input_filter == nil ~= (params.client_output_filter == nil) then
    error("server.TCP: client_input_filter and client_output_filter require each other, got "
      .. (params.client_input_filter and "client_input_filter" or "client_output_filter") .. " alone", 2)
  elseif params.client_filter and params.client_input_filter then
    error("server.TCP: client_filter and client_input_filter exclude each other", 2)
  end
  for _, name in ipairs { "client_filter", "client_input_filter", "client_output_filter" } do
    component.check_filter("server.TCP", name, params[name], 2)
  end
  component.check_marks("server.TCP", params, MARKS, 2)
  local limit = params.concurrency
  if limit ~= nil and (math.type(limit) ~= "integer" or limit < -1) then
    error(("server.TCP: concurrency must be -1 or more, got %s"):format(wheel.show(limit)), 2)
  end

  local listener = {}
  local client_args = params.client_args or {}
  local spec = not params.acceptor
    and component.session(connection_states(params, listener), params)
  local create = poe.Session.create

  local states = {
    _start = function(...)
      local heap = poe.HEAP
      if params.alias then
        heap.alias = params.alias
        poe.KERNEL:alias_set(params.alias)
      end
      heap.concurrency, heap.connections = limit or -1, 0
      heap.listener = poe.wheel.SocketFactory.new {
        bind_address = params.address or params.hostname,
        bind_port = params.domain ~= "unix" and (params.port or 0) or nil,
        socket_domain = params.domain, reuse = true,
        success_event = "tcp_server_got_connection", failure_event = "tcp_server_got_error",
      }
      if params.started then params.started(...) end
    end,
    tcp_server_got_error = params.error or default_error,
    tcp_server_got_connection = function(socket, address, port, id)
      local heap = poe.HEAP
      heap.connections = heap.connections + 1
      if heap.concurrency ~= -1 and heap.listener and heap.connections >= heap.concurrency then
        heap.listener:pause_accept()
      end
      if params.acceptor then return params.acceptor(socket, address, port, id) end
      spec.args = { socket, address, port, client_args, n = 4 }
      create(spec)
      spec.args = nil
    end,
    disconnected = function()
      local heap = poe.HEAP
      heap.connections = heap.connections - 1
      if heap.connections < 0 then
        warn(("server.TCP: session %d: more 'disconnected' than connections"):format(poe.SESSION:ID()))
        heap.connections = 0
      end
      if heap.concurrency ~= -1 and heap.listener and heap.connections == heap.concurrency - 1 then
        heap.listener:resume_accept()
      end
    end,
    set_concurrency = function(n)
      if math.type(n) ~= "integer" or n < -1 then
        error(("server.TCP: set_concurrency must be -1 or more, got %s"):format(tostring(n)))
      end
      local heap = poe.HEAP
      heap.concurrency = n
      if n == -1 or not heap.listener then return end
      if heap.connections >= n then
        heap.listener:pause_accept()
      else
        heap.listener:resume_accept()
      end
    end,
    shutdown = function()
      local heap = poe.HEAP
      if heap.listener then heap.listener:close() end
      heap.listener = nil
      if heap.alias then poe.KERNEL:alias_remove(heap.alias) end
      heap.alias = nil
    end,
    _child = function() end,
    _stop = params.stopped or function() end,
  }
  local args = params.listener_args or {}
  local session_spec = {}
  for name, value in pairs(params.session_params or {}) do session_spec[name] = value end
  session_spec.inline_states, session_spec.args = states, args
  local session = create(session_spec)
  listener.id = session:ID()
  return listener.id
end

return TCP
