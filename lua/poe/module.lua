--- What luaopen_poe runs to finish the module table.  `core` is what C gives (see state.c).
local core = ...

---@class poe
local poe = {}

local kernel = core.kernel --- the kernel's methods, C ones first
local KERNEL = core.KERNEL
local enter, other = core.call_enter, core.call_other
local pack = table.pack

--- KERNEL:f(...), not KERNEL.f(...)
local function check_self(self, method)
  if self ~= KERNEL then
    error(("bad self of '%s' (KERNEL expected, got %s; call it KERNEL:%s)")
      :format(method, self == nil and "no value" or type(self), method), 3)
  end
end
core.check_self = check_self

--- Runs `session`'s handler of `event` now, ahead of the queue.
--- A session's own handlers are called as plain functions, at any depth, and their errors are
--- the caller's (R50); an error in another session's handler gives `nil, message, "DIE"` (R52).
---@param session poe.Session|poe.Kernel|integer|string
---@param event string
---@param ... any  the handler's arguments
---@return any ...  the handler's results; nothing when there is no handler
local function call(session, event, ...)
  local handler, guard, default = enter(session, event, false)
  if not handler then
    return other(session, event, ...)
  elseif handler == true then
    return
  end
  local _ <close> = guard
  if default then
    return handler(event, pack(...))
  end
  return handler(...)
end

---@param session poe.Session|poe.Kernel|integer|string
---@param event string
---@return any ...
function kernel:call(session, event, ...)
  check_self(self, "call")
  local handler, guard, default = enter(session, event, false)
  if not handler then
    return other(session, event, ...)
  elseif handler == true then
    return
  end
  local _ <close> = guard
  if default then
    return handler(event, pack(...))
  end
  return handler(...)
end

--- The live sessions, by ID.  One that stops on the way is left out; new ones are not told.
---@return fun(): poe.Session?
function kernel:sessions()
  check_self(self, "sessions")
  local ids = core.session_ids()
  table.sort(ids)
  local i = 0
  return function()
    local session
    repeat
      i = i + 1
      if not ids[i] then return nil end
      session = kernel.ID_id_to_session(KERNEL, ids[i])
    until session
    return session
  end
end

--- Runs slices for as long as `continue()` is true and there are sessions (R232).
---@param continue fun(): any
function kernel:run_while(continue)
  check_self(self, "run_while")
  if type(continue) ~= "function" then
    error("bad argument #1 to 'run_while' (function expected, got " .. type(continue) .. ")", 2)
  end
  while continue() and self:run_one_timeslice() do end
  return true
end

kernel.get_heap = core.get_heap
kernel.refcount_increment = core.refcount_increment
kernel.refcount_decrement = core.refcount_decrement

poe.KERNEL, poe.post, poe.yield, poe.call = KERNEL, core.post, core.yield, call
poe.sleep, poe.ask, poe.wait, poe.with_timeout = core.sleep, core.ask, core.wait, core.with_timeout
poe.pipe, poe.socket = core.pipe, core.sockets
poe.time, poe.hrtime, poe.cputime, poe.pid = core.time, core.hrtime, core.cputime, core.pid

core.KERNEL_mt = { __index = kernel, __name = "poe.Kernel", __tostring = core.tostring }
core.setmetatable(KERNEL, core.KERNEL_mt)

--- Gives `env` the globals that scripts of the `poe` program have (section 1 of the manual).
---@param env? table  default _G
function poe.globals(env)
  env = env or _G
  if type(env) ~= "table" then
    error("bad argument #1 to 'globals' (table expected, got " .. type(env) .. ")", 2)
  end
  env.poe, env.KERNEL = poe, KERNEL
  env.post, env.yield, env.call = poe.post, poe.yield, poe.call
  core.install(env)
  return env
end

--- Runs a file of the library that needs `core`.
local parts = {}
local function part(name)
  local value = parts[name]
  if value == nil then
    value = package and package.loaded and package.loaded[name] -- somebody has required it
    if value == nil then value = core.load(name)(core) end
    parts[name] = value
    if package and package.loaded then package.loaded[name] = value end
  end
  return value
end

core.poe, core.part, core.call = poe, part, call
function core.active()
  return kernel.get_active_session(KERNEL)
end

poe.Session = part "poe.Session"
local why
---@param self poe.Session
core.session_mt.__index.why = function(self)
  core.check_session(self, "why")
  why = why or part "poe.why"
  return why.why(self)
end

--- A session of `states` whose _start gets the rest: short for Session.create.
---@type fun(states: table<string, function>, ...): poe.Session
poe.spawn = core.spawn

-- The pure parts: they know no kernel, and whoever requires them by name gets the same.  A host may
-- have no `require`; each of them then takes this one.
local loaded = {}
core.require = require or function(name)
  if loaded[name] == nil then loaded[name] = core.load(name)(core) end
  return loaded[name]
end

-- Parts of the module that are only loaded when they are named.
local function straight(name)
  return part("poe.straight")[name:match "[^.]+$"]
end
local lazy = { connect = straight, listen = straight, run = straight, resolve = straight,
  read_file = straight, write_file = straight, NFA = part, why = part, filter = core.require,
  editor = core.require, wheel = part, driver = part, component = part, prompt = part,
  look = part }
core.install(poe)
local mt = getmetatable(poe)
mt.__names = lazy -- for completion
local dynamic = mt.__index
mt.__index = function(t, key)
  if lazy[key] then
    local value = lazy[key]("poe." .. key)
    rawset(t, key, value)
    return value
  end
  return dynamic[key]
end

-- A handler has no coroutine of the script's to yield to: say so where it tries.  And the watchdog has to
-- know which coroutine it is that runs.
if coroutine then
  coroutine.yield = core.coroutine_yield
  coroutine.resume, coroutine.wrap = core.coroutine_resume, core.coroutine_wrap
  coroutine.close = core.coroutine_close
end

return poe
