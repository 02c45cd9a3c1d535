--- client.TCP: a session that connects, and talks (R312, R324-R329).
local core = ...
local component = core.part "poe.component"
local wheel = core.part "poe.wheel"
local poe = core.poe

---@class poe.component.client.TCP
local TCP = {}

local KNOWN = {
  remote_address = "string", remote_port = "any", bind_address = "string", bind_port = "any",
  domain = "string", alias = "string", args = "table", started = "function",
  pre_connect = "function", connected = "function", connect_error = "function",
  connect_timeout = "seconds", disconnected = "function", server_input = "function",
  server_error = "function", server_flushed = "function", server_high = "function",
  server_low = "function", high_mark = "size", low_mark = "size", filter = "any",
  inline_states = "table", object_states = "table", package_states = "table",
  session_params = "table",
}

local MARKS = { "high_mark", "low_mark", "server_high", "server_low" }

local function drop(heap)
  if heap.server then heap.server:close() end
  heap.server = nil
end

local function default_connect_error(op, code, message)
  if op == "read" and (code == "EOF" or code == "ECONNRESET") then return end
  warn(("client.TCP: session %d: %s: %s"):format(poe.SESSION:ID(), op, message))
end

local function default_server_error(op, code, message)
  if code == "EOF" then message = "normal disconnection" end
  warn(("client.TCP: session %d: %s: %s"):format(poe.SESSION:ID(), op, message))
  poe.yield "shutdown"
end

local function cancel_timeout(heap)
  if heap.ctimeout_id then poe.KERNEL:alarm_remove(heap.ctimeout_id) end
  heap.ctimeout_id = nil
end

local function states_of(params)
  local address, port = params.remote_address, params.remote_port
  local input, flushed = params.server_input, params.server_flushed
  local on_error = params.server_error or default_server_error
  local on_connect_error = params.connect_error or default_connect_error
  local disconnected = params.disconnected

  local own = {
    _start = function(...)
      poe.HEAP.shutdown_on_error = true
      if params.alias then poe.KERNEL:alias_set(params.alias) end
      poe.yield "reconnect"
      if params.started then params.started(...) end
    end,
    reconnect = function()
      local heap = poe.HEAP
      drop(heap) -- in silence (R326)
      heap.shutdown, heap.connected, heap.got_an_error = false, false, nil
      if params.alias then poe.KERNEL:alias_set(params.alias) end
      heap.server = poe.wheel.SocketFactory.new {
        remote_address = address, remote_port = port, socket_domain = params.domain,
        bind_address = params.bind_address, bind_port = params.bind_port,
        success_event = "got_connect_success", failure_event = "got_connect_error",
      }
      cancel_timeout(heap)
      if params.connect_timeout then
        heap.ctimeout_id = poe.KERNEL:delay_set("got_connect_timeout", params.connect_timeout,
          heap.server:ID())
      end
    end,
    connect = function(new_address, new_port)
      address, port = new_address or address, new_port or port
      poe.yield "reconnect"
    end,
    got_connect_success = function(socket, ...)
      local heap = poe.HEAP
      cancel_timeout(heap)
      local using = socket
      if params.pre_connect then
        using = params.pre_connect(socket, ...)
        if not using then
          heap.connected = false
          socket:close()
          return
        end
      end
      local spec = {
        handle = using, filter = component.filter(params.filter), input_event = "got_server_input",
        error_event = "got_server_error", flushed_event = "got_server_flush",
      }
      if params.high_mark then
        spec.high_mark, spec.low_mark = params.high_mark, params.low_mark
        spec.high_event, spec.low_event = "got_high", "got_low"
      end
      drop(heap)
      heap.server = poe.wheel.ReadWrite.new(spec)
      heap.connected = true
      if params.connected then params.connected(socket, ...) end
    end,
    got_high = params.server_high,
    got_low = params.server_low,
    got_connect_error = function(...)
      local heap = poe.HEAP
      cancel_timeout(heap)
      heap.connected = false
      on_connect_error(...)
      drop(heap)
    end,
    got_connect_timeout = function(id)
      local heap = poe.HEAP
      heap.connected, heap.ctimeout_id = false, nil
      on_connect_error("connect", "ETIMEDOUT", "ETIMEDOUT: connection timed out", id)
      drop(heap)
    end,
    got_server_error = function(...)
      local heap = poe.HEAP
      on_error(...)
      if heap.shutdown_on_error then
        poe.yield "shutdown"
        heap.got_an_error = true
      end
    end,
    got_server_input = function(...)
      if not poe.HEAP.shutdown then input(...) end
    end,
    got_server_flush = function(...)
      local heap = poe.HEAP
      if flushed then flushed(...) end
      if heap.shutdown then
        drop(heap)
        if disconnected then disconnected(...) end
      end
    end,
    shutdown = function(...)
      local heap = poe.HEAP
      heap.shutdown = true
      cancel_timeout(heap)
      if heap.connected then
        heap.connected = false
        if heap.server and (heap.got_an_error or heap.server:get_driver_out_octets() == 0) then
          drop(heap)
          if disconnected then disconnected(...) end
        end
      else
        drop(heap)
      end
      if params.alias then poe.KERNEL:alias_remove(params.alias) end
    end,
    _child = function() end,
    _stop = function() end,
  }
  return component.states("client.TCP", own, params, 2)
end

--- Connects to `remote_address` and `remote_port` (no port for `domain` "unix"), from `bind_address` and
--- `bind_port` when given, for at most `connect_timeout` seconds.  Its session has HEAP.server, the wheel,
--- first the connecting one; `started(args...)`, `pre_connect(socket, address, port, id)` returns the socket to
--- use or nothing, `connected(socket, address, port, id)`, `connect_error(op, code, message, id)`,
--- `server_input(record, id)`, `server_error(op, code, message, id)`, `server_flushed(id)`,
--- `disconnected(...)`, `high_mark`, `low_mark`, `server_high(id)`, `server_low(id)`, `filter`, `alias`,
--- `inline_states`, `object_states`, `package_states`, `session_params`.
--- Events: "connect" (address, port), "reconnect", "shutdown".
---@param params table
---@return integer id  of its session
function TCP.new(params)
  wheel.check("client.TCP", params, KNOWN)
  if not params.remote_address then error("client.TCP: remote_address required", 2) end
  if params.remote_port == nil and params.domain ~= "unix" then
    error("client.TCP: remote_port required", 2)
  end
  if not params.server_input then error("client.TCP: server_input required", 2) end
  component.check_filter("client.TCP", "filter", params.filter, 2)
  component.check_marks("client.TCP", params, MARKS, 2)
  local spec = component.session(states_of(params), params)
  spec.args = params.args
  return poe.Session.create(spec):ID()
end

return TCP
