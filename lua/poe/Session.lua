--- Sessions: what create needs of object states, options, postbacks.
local core = ...
local KERNEL = core.KERNEL
local kernel = core.kernel
local pack = table.pack
core.machines = setmetatable({}, { __mode = "k" }) --- machine -> what NFA.lua keeps of it
core.keep_machines(core.machines)

---@class poe.Session
local Session = {}
local methods = { ID = core.ID, get_heap = core.get_heap }

---@class poe.SessionSpec
---@field inline_states? table<string, function>
---@field object_states? table<any, table>  object -> its methods: a list, or event -> method
---@field package_states? table<table, table>  the same for modules
---@field heap? any  what HEAP is; default a fresh table
---@field args? any  of _start: a list, or one value
---@field options? table<string, any>
---@field queue_limit? integer  how many queued events it accepts, 1 or more; default any number.  The one
---  being handled is not among them.  Timers, signals, I/O and what lets a handler go on are never
---  refused nor dropped, but take room.
---@field overflow? "refuse"|"drop_new"|"drop_old"|"wait"  what becomes of a post beyond queue_limit.
---  refuse (the default): it returns nil, message, "ENOBUFS".
---  drop_new: it returns true and is dropped; an ask returns nil, message, "ECANCELED".
---  drop_old: the post that was queued first is dropped for it, at the cost of a look at each event queued
---  before that one, for whomever; who asked it gets nil, message, "ECANCELED".  Refused when no post is queued.
---  wait: post waits for its turn, in the order of arrival, and then returns true; nil, message, "ESRCH"
---  when the session has stopped.  Refused, as above, where nothing can wait: in a handler that was called,
---  in _stop, outside handlers, in a coroutine of the script's own, below a C function that calls back,
---  and when a session posts to itself, which may take room that others wait for.

--- Makes a session and runs its _start (section 3 of the manual).
---@type fun(spec: poe.SessionSpec): poe.Session
Session.create = core.create

-- object_states, package_states ------------------------------------------------------------

local function callable(value)
  if type(value) == "function" then return true end
  local mt = getmetatable(value)
  return type(mt) == "table" and mt.__call ~= nil
end

--- object[method], whatever the object is; an object that cannot be indexed has none
local function find_method(object, method)
  local ok, value = pcall(function() return object[method] end)
  return ok and value or nil
end

--- A state that calls `object[method](object, ...)`; the method is looked up at each call.
local function method_state(object, method)
  return function(...)
    return object[method](object, ...)
  end
end

--- `level` is that of error() as the caller would give it.
local function check_method(what, object, method, level)
  level = level + 1
  if type(method) ~= "string" then
    error(("%s: method name must be a string, got %s"):format(what, type(method)), level)
  end
  if not callable(find_method(object, method)) then
    error(("%s: %s has no method '%s'"):format(what, tostring(object), method), level)
  end
end

--- Adds the states of one object to `states`: a list of methods, or event name -> method name.
--- Errors are those of the caller's caller's caller: who called create or spawn.
local function add_object(states, what, object, names)
  if type(names) ~= "table" then
    error(("create: %s: list or table of methods expected, got %s"):format(what, type(names)), 4)
  end
  for event, method in pairs(names) do
    if math.type(event) == "integer" then event = method end
    if type(method) ~= "string" then
      error(("create: %s: method name must be a string, got %s"):format(what, type(method)), 4)
    elseif type(event) ~= "string" then
      error(("create: %s: event name must be a string, got %s"):format(what, type(event)), 4)
    elseif event:find "\0" then
      error(("create: %s: event name '%s' contains a zero byte"):format(what, event:match "^%Z*"), 4)
    elseif event == "_signal" then
      error(("create: %s: '_signal' cannot be a state; watch signals with sig"):format(what), 4)
    end
    check_method("create: " .. what, object, method, 4)
    states[event] = method_state(object, method)
  end
end

--- The state table of a spec with object_states or package_states.  inline_states stays shared,
--- behind it.
local function method_states(spec)
  local states = setmetatable({}, { __index = spec.inline_states })
  for _, what in ipairs { "package_states", "object_states" } do
    for object, names in pairs(spec[what] or {}) do
      add_object(states, what, object, names)
    end
  end
  return states
end

core.callable, core.add_object = callable, add_object

-- state ------------------------------------------------------------------------------------

--- Adds, replaces or removes a state of the running session (R204-R208).
---@param event string
---@param handler? function|table|string  the handler, or an object with the method
---@param method? string  of the object; default: the event's name
---@return true? ok, string? message, string? code
function kernel:state(event, handler, method)
  core.check_self(self, "state")
  if type(event) ~= "string" then
    error(("bad argument #1 to 'state' (event: string expected, got %s)"):format(type(event)), 2)
  elseif event:find "\0" then
    error(("bad argument #1 to 'state' (event: '%s' contains a zero byte)"):format(event:match "^%Z*"), 2)
  elseif event == "_signal" then
    error("bad argument #1 to 'state' (event: '_signal' cannot be a state; watch signals with sig)", 2)
  end
  if handler ~= nil and type(handler) ~= "function" then
    local named = method == nil and event or method
    if method ~= nil or callable(find_method(handler, named)) then
      check_method("state", handler, named, 2)
      handler = method_state(handler, named)
    elseif not callable(handler) then
      error(("bad argument #2 to 'state' (function, or object with method '%s' expected, got %s)")
        :format(event, type(handler)), 2)
    end
  elseif method ~= nil then
    error("bad argument #2 to 'state' (object expected, got " .. type(handler) .. ")", 2)
  end
  local machine = core.machines[kernel.get_active_session(KERNEL)]
  if machine then -- works in every state (R252)
    machine.internal[event] = handler
    return true
  end
  local ok, message, code = core.set_state(event, handler)
  if ok then return true end
  return nil, message, code
end

--- Raises at the caller of a method unless its self is a session.
local function check_session(self, method)
  if not core.is_session(self) then
    error(("bad argument #1 to '%s' (session expected, got %s)")
      :format(method, self == nil and "no value" or type(self)), 3)
  end
end
core.check_session = check_session

-- options ----------------------------------------------------------------------------------

local options = setmetatable({}, { __mode = "k" })
local words = { on = true, yes = true, ["true"] = true, off = false, no = false, ["false"] = false }
words["1"], words["0"] = true, false

local function normal(value)
  if type(value) == "string" then
    local word = words[value:lower()]
    if word ~= nil then return word end
  elseif value == 1 or value == 0 then
    return value == 1
  end
  return value
end

--- seconds, or false: no limit
local function stall_limit(value)
  if type(value) == "string" then value = normal(value) end
  if type(value) == "number" and value >= 0 and value < math.huge then
    return value > 0 and value
  elseif value and value ~= true then
    error(("option: stall must be seconds or false, got %s"):format(tostring(value)), 4)
  end
  return value
end

local function apply(session, name, value)
  if type(name) ~= "string" then
    error(("option: name must be a string, got %s"):format(type(name)), 3)
  end
  local mine = options[session]
  if not mine then
    mine = {}
    options[session] = mine
  end
  name = name:lower()
  local old = mine[name]
  mine[name] = name == "stall" and stall_limit(value) or name ~= "stall" and normal(value)
  core.flags(session, mine.default, mine.trace, mine.debug, mine.stall)
  if name == "stats" and session == KERNEL then core.timing(mine.stats) end
  return old
end

--- Sets options and returns what they were (R211).  `option(name)` reads one, `option(name, value)`
--- sets one; a table sets several.  trace, debug and default mean something to the kernel, and KERNEL's
--- own stats: the time spent in handlers is measured (see stats); `stall`, in seconds, false: none, is how
--- long a handler may run before the watchdog tells of it.
---@param first table<string, any>|string
---@param ... any
---@return any
local function option(session, first, ...)
  check_session(session, "option")
  if first == nil then
    return {}
  elseif type(first) == "table" then
    local old = {}
    for name, value in pairs(first) do
      old[type(name) == "string" and name:lower() or name] = apply(session, name, value)
    end
    return old
  elseif type(first) ~= "string" then
    error(("bad argument #1 to 'option' (table or string expected, got %s)"):format(type(first)), 2)
  elseif select("#", ...) == 0 then
    return options[session] and options[session][first:lower()]
  end
  return apply(session, first, (...))
end

methods.option = option
kernel.option = option

-- counts -----------------------------------------------------------------------------------

---@class poe.Stats
---@field queued integer  events that wait now, of any kind, the one being handled not among them
---@field peak integer  the most that have waited; KERNEL's: the highest peak of a session
---@field refused integer  posts that failed with ENOBUFS
---@field dropped integer  posts that queue_limit has dropped, see overflow
---@field handled integer  how often one of its handlers was entered, for whatever kind of event, or went on
---@field time number  seconds spent in its handlers, what they called in other sessions not included, since
---  the first call of any stats() or KERNEL:option { stats = true }; 0 before, so that nobody else pays
---@field memory integer  bytes: 48 for each queued event and, about, 16 for each argument in the mailbox; what
---  the arguments refer to is not counted.  KERNEL's: all that the kernel holds outside Lua
---@field sessions? integer  KERNEL's: how many there are, itself not among them
---@field timers? integer  KERNEL's: timers that are set, sleeping handlers' included
---@field handles? integer  KERNEL's: watched handles and open wheels' streams

--- What has happened so far: of one session, or KERNEL:stats(), the sums over all sessions there are and
--- have been.  Costs a look at each queued event, or each session.
---@return poe.Stats? stats, string? message, string? code  nil and "ESRCH": it has stopped
function methods:stats()
  check_session(self, "stats")
  return core.stats(self)
end

---@return poe.Stats
function kernel:stats()
  core.check_self(self, "stats")
  return core.stats(self)
end

-- postbacks --------------------------------------------------------------------------------

---@class poe.Postback
local Postback = {}
Postback.__index = Postback
Postback.__name = "poe.Postback"

--- Ends its hold on the session; a released postback can still be called while the session lives.
function Postback:release()
  if self.held then
    self.held = false
    core.keep(self.session, -1)
  end
end
Postback.weaken = function(self)
  self:release()
  return self
end
Postback.__gc = Postback.release
Postback.__close = Postback.release

local function copy(list)
  return { n = list.n, table.unpack(list, 1, list.n) }
end

function Postback:__call(...)
  if self.now then
    return kernel.call(KERNEL, self.session, self.event, copy(self.args), pack(...))
  end
  return core.postback(self.session, self.event, copy(self.args), pack(...))
end

local function new_postback(session, now, event, ...)
  if not core.is_session(session) then
    error(("bad argument #1 to '%s' (session expected, got %s)")
      :format(now and "callback" or "postback", session == nil and "no value" or type(session)), 3)
  end
  if type(event) ~= "string" then
    error(("bad argument #1 to '%s' (event: string expected, got %s)")
      :format(now and "callback" or "postback", type(event)), 3)
  end
  if event:find "\0" then
    error(("bad argument #1 to '%s' (event: '%s' contains a zero byte)")
      :format(now and "callback" or "postback", event:match "^%Z*"), 3)
  end
  if not core.keep(session, 1) then
    return nil, "ESRCH: no such session: " .. tostring(session), "ESRCH"
  end
  return setmetatable({ session = session, event = event, args = pack(...), held = true, now = now },
    Postback)
end

--- A callable that posts `event({...}, {its arguments})`; it keeps the session until released,
--- closed or collected (R215-R221).
---@param event string
---@return poe.Postback
function methods:postback(event, ...)
  local postback, message, code = new_postback(self, false, event, ...)
  return postback, message, code
end

--- The same, but calls at once and returns the handler's results.
---@param event string
---@return poe.Postback
function methods:callback(event, ...)
  local callback, message, code = new_postback(self, true, event, ...)
  return callback, message, code
end
kernel.postback, kernel.callback = nil, nil

--------------------------------------------------------------------------------------------

local mt = core.session_mt
mt.__index = methods
mt.__name = "poe.Session"
mt.__tostring = core.tostring
core.helpers(method_states, function(session, given)
  for name in pairs(given) do
    if type(name) ~= "string" then
      error(("create: options: name must be a string, got %s"):format(type(name)), 3)
    end
  end
  option(session, given)
end)
return Session
