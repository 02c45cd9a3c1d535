--- NFA: a session whose handlers depend on the state it is in (R243-R253).
---
--- Each state has a table of its own: its handlers, behind it the internal ones, which KERNEL:state
--- adds and which work in every state, behind those a _default that raises.  A transition puts
--- another table in place.  Transitions are events to the machine itself, so that they take their turn.
local core = ...
local KERNEL, kernel = core.KERNEL, core.kernel
local enter_call = core.call_enter

---@class poe.NFA: poe.Session
local NFA = {}

--- What a machine is: kept beside its session object.
---@class poe.NFA.data
---@field states table<string, table<string, function>>
---@field internal table<string, function>
---@field state string   the present one; "(undef)" before the first transition
---@field stack { state: string, event: string }[]

---@type table<poe.NFA, poe.NFA.data>
local machines = core.machines

local function ignore() end

-- building -----------------------------------------------------------------------------------

local function complain(format, ...)
  error("spawn: " .. format:format(...), 3)
end

local function check_table(what, value)
  if type(value) ~= "table" then
    error(("spawn: %s must be a table, got %s"):format(what, type(value)), 4)
  end
  return value
end

--- The handlers of each state, copied, by state name.
local function read_states(spec)
  local states = {}
  local function of(name)
    if type(name) ~= "string" then
      error(("spawn: state name must be a string, got %s"):format(type(name)), 4)
    end
    states[name] = states[name] or {}
    return states[name]
  end
  for name, handlers in pairs(check_table("inline_states", spec.inline_states or {})) do
    local state = of(name)
    for event, handler in pairs(check_table("inline_states." .. tostring(name), handlers)) do
      if type(event) ~= "string" then
        error(("spawn: event name in state '%s' must be a string, got %s"):format(name, type(event)), 3)
      elseif not core.callable(handler) then
        error(("spawn: event '%s' of state '%s' must be a function, got %s")
          :format(event, name, type(handler)), 3)
      end
      state[event] = handler
    end
  end
  for _, what in ipairs { "package_states", "object_states" } do
    for name, objects in pairs(check_table(what, spec[what] or {})) do
      local state = of(name)
      for object, methods in pairs(check_table(what .. "." .. tostring(name), objects)) do
        core.add_object(state, what, object, methods)
      end
    end
  end
  return states
end

local fields = { inline_states = true, object_states = true, package_states = true,
  runstate = true, options = true }

--- Makes a machine.  It is in no state until the first goto_state.
---@param spec { inline_states?: table, object_states?: table, package_states?: table, runstate?: any, options?: table }
---@return poe.NFA
function NFA.spawn(spec)
  if type(spec) ~= "table" then
    error(("bad argument #1 to 'spawn' (table expected, got %s)"):format(type(spec)), 2)
  end
  for field in pairs(spec) do
    if not fields[field] then complain("unknown field '%s'", tostring(field)) end
  end
  if not (spec.inline_states or spec.object_states or spec.package_states) then
    complain("inline_states, object_states or package_states expected")
  end
  local states = read_states(spec)
  local data = { states = states, state = "(undef)", stack = {} }

  -- behind all others: a machine that does not know an event must die (R250)
  local last = {
    _start = ignore,
    _stop = ignore,
    _default = function(event)
      error(("event '%s' has neither a handler nor _default in the machine's state '%s'")
        :format(event, data.state), 0)
    end,
  }
  data.internal = setmetatable({}, { __index = last })
  local chain = { __index = data.internal }
  for _, handlers in pairs(states) do
    handlers._start, handlers._stop = ignore, ignore
    setmetatable(handlers, chain)
  end

  local machine = core.create {
    inline_states = setmetatable({}, chain),
    heap = spec.runstate,
    options = spec.options,
  }
  machines[machine] = data
  core.machine(machine)
  core.setmetatable(machine, NFA.mt)
  for event, handler in pairs(NFA.transitions) do
    data.internal[event] = function(...) return handler(machine, data, ...) end
  end
  return machine
end

-- transitions --------------------------------------------------------------------------------

--- Runs a handler of the present state as `event`, from nobody's event (R248).
local function run(machine, event, ...)
  local handler, guard = enter_call(machine, event, true)
  local _ <close> = guard
  return handler(...)
end

--- The three transitions and the end, as events to the machine; POE's names.
local transitions = {}
NFA.transitions = transitions

function transitions.poe_nfa_goto_state(machine, data, state, event, ...)
  local handlers = data.states[state]
  if not handlers then
    error(("machine has no state '%s'"):format(tostring(state)), 0)
  elseif event ~= nil and not rawget(handlers, event) then
    error(("state '%s' has no enter event '%s'"):format(state, tostring(event)), 0)
  end
  local present = data.states[data.state]
  if present and rawget(present, "leave") then run(machine, "leave") end
  data.state = state
  core.set_states(machine, handlers)
  if event ~= nil then run(machine, event, ...) end
end

function transitions.poe_nfa_push_state(machine, data, event, ...)
  data.stack[#data.stack + 1] = { state = data.state, event = event }
  transitions.poe_nfa_goto_state(machine, data, ...)
end

function transitions.poe_nfa_pop_state(machine, data, ...)
  local back = table.remove(data.stack)
  if not back then error("return_state without a call_state", 0) end
  transitions.poe_nfa_goto_state(machine, data, back.state, back.event, ...)
end

function transitions.poe_nfa_stop(machine)
  core.stop_session(machine)
end

--- The first transition, and with option `immediate` all of them, happen before it returns (R243-R245).
local function transit(machine, event, ...)
  local data = machines[machine]
  if data.state == "(undef)" or kernel.option(machine, "immediate") then
    local _, message, code = kernel.call(KERNEL, machine, event, ...)
    if code then return nil, message, code end
    return true
  end
  return core.post(machine, event, ...)
end

-- methods ------------------------------------------------------------------------------------

local methods = setmetatable({}, { __index = core.session_mt.__index })

--- Goes to a state; `event`, one of its handlers, runs as it is entered.
---@param state string
---@param event? string
function methods:goto_state(state, event, ...)
  return transit(self, "poe_nfa_goto_state", state, event, ...)
end

--- Goes to a state to come back from: return_state invokes `return_event` in this one (R246).
---@param return_event string
---@param state string
---@param event? string
function methods:call_state(return_event, state, event, ...)
  return transit(self, "poe_nfa_push_state", return_event, state, event, ...)
end

--- Goes back to where the last call_state was made.
function methods:return_state(...)
  return transit(self, "poe_nfa_pop_state", ...)
end

--- Ends the machine, in its turn (R249).
function methods:stop()
  return core.post(self, "poe_nfa_stop")
end

---@return string
function methods:get_current_state()
  return machines[self].state
end

---@return any
function methods:get_runstate()
  return core.get_heap(self)
end

--- A machine's callbacks do not keep it (R253).
---@param event string
function methods:callback(event, ...)
  local callback, message, code = core.session_mt.__index.callback(self, event, ...)
  if callback then callback:release() end
  return callback, message, code
end

NFA.mt = { __index = methods, __name = "poe.NFA", __tostring = core.tostring }

return { spawn = NFA.spawn }
