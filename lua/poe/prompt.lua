--- The live prompt: Lua typed on a terminal, run as handlers of a session while the kernel goes on.
---
--- The prompt is a session with a ReadLine wheel.  What is typed runs in the handler of its input event, so
--- it may wait as any handler may, and SESSION is the prompt's own.  What is printed meanwhile, by whomever,
--- takes the line that is being edited off the screen first (see l_output.c); an event of ours puts it back.
---
--- Ctrl-C is INT all the time: the program's host interrupts the handler that runs, if one does, and
--- otherwise calls the function that start() returns.
local core = ...
local poe = require "poe"
local statement = core.require "poe.prompt.statement"
local history = core.part "poe.prompt.history"
local complete = core.part "poe.prompt.complete"
local KERNEL = core.KERNEL

---@class poe.prompt
local prompt = {}

---@class (private) poe.prompt.state
---@field session poe.Session
---@field wheel poe.wheel.ReadLine
---@field editor poe.editor
---@field output userdata          see l_output.c
---@field history poe.prompt.history
---@field scope poe.prompt.scope
---@field pending? string          the lines of a statement that is not complete
---@field cancel? fun(): boolean   ends the wait of the statement that runs; false: it does not wait
---@field canceled? boolean
---@field held table<integer, poe.Session>
---@field live table[]             what state() has made of globals and locals: { session, event, name, fn }
---@field taken table<string, any> globals of ours, by name

local NAME <const> = "=stdin"

--- The globals of a prompt, where the program has none of that name.
local OFFERED <const> = { state = true, forget = true, ps = true, why = true, queue = true, timers = true,
  handles = true, trace = true, untrace = true, top = true, tree = true, help = true, inspect = true, page = true }

local HOLD <const> = "poe.prompt"

-- words on the screen --------------------------------------------------------------------------

--- Whether the terminal has colours: no terminal says so itself, its name has to do.
local function has_colours()
  local none, term = os.getenv "NO_COLOR", os.getenv "TERM" or ""
  if none and none ~= "" or term == "" or term == "dumb" then return false end
  return os.getenv "COLORTERM" ~= nil or term:find "color" ~= nil
    or term:find "^[xkr]?term" ~= nil or term:find "^rxvt" ~= nil or term:find "^screen" ~= nil
    or term:find "^tmux" ~= nil or term:find "^linux" ~= nil or term:find "^alacritty" ~= nil
    or term:find "^foot" ~= nil or term:find "^konsole" ~= nil
end

local RED <const>, DIM <const>, PLAIN <const> = "\27[31m", "\27[2m", "\27[0m"

--- An error, on standard error.
local function complain(self, message)
  if self.colours then message = RED .. message .. PLAIN end
  io.stderr:write(message, "\n")
end

--- A remark of the prompt's own.
local function note(self, message)
  if self.colours then message = DIM .. message .. PLAIN end
  io.stdout:write(message, "\n")
end

-- editing --------------------------------------------------------------------------------------

--- Calls a function of the program's for a text; what fails gives none.
local function text_of(value, default)
  if value == nil then return default end
  local ok, text = pcall(tostring, value)
  return ok and text or default
end

--- Takes the line off the screen: something is about to be printed.
local function hide(self)
  if not self.editor.active then return end
  self.editor:hide()
  core.post_self(self.session, "poe.prompt.show")
end

--- Puts it back, below what has been printed.
local function show(self)
  io.stdout:flush()
  if not self.editor.active then return end
  self.output:arm(false)
  if self.output:inside() then
    self.editor.write "\r\n"
    self.output:newline()
  end
  self.editor:show()
  self.output:arm()
end

--- Reads the next line.
local function read(self)
  local first = text_of(rawget(_G, "_PROMPT"), "> ")
  local text = self.pending and text_of(rawget(_G, "_PROMPT2"), ">> ") or first
  io.stdout:flush()
  if self.output:inside() then
    io.stdout:write "\n"
    io.stdout:flush()
  end
  local ok, message = self.wheel:get(text)
  if ok then
    self.output:arm()
  else
    complain(self, message)
    core.post_self(self.session, "poe.prompt.leave")
  end
end

-- looking --------------------------------------------------------------------------------------

--- One key, or nil when none has come in that many seconds.  Ctrl-C while it waits is the statement's.
local function read_key(self, seconds)
  local wheel = self.wheel
  local back <close> = setmetatable({}, { __close = function()
    wheel:cancel_key()
    wheel:event { input_event = "poe.prompt.line" }
  end })
  wheel:event { input_event = "poe.prompt.key" }
  local ok, message = wheel:get_key()
  if not ok then error(message, 0) end
  local key
  if seconds then
    key = poe.with_timeout(seconds, poe.wait, "poe.prompt.key")
  else
    key = poe.wait "poe.prompt.key"
  end
  return key
end

--- What shows values and the kernel's things, on this terminal.
local function new_look(self)
  local function size()
    return self.wheel:terminal_size()
  end
  self.look = core.part("poe.look").new {
    width = function() return (size()) end,
    height = function() return select(2, size()) end,
    read_key = function(seconds)
      io.stdout:flush()
      return read_key(self, seconds)
    end,
    clear = function() io.stdout:write "\27[H\27[2J" end,
    more = function() io.stdout:write(self.colours and "\27[7m-- more --\27[0m" or "-- more --") end,
    less = function() io.stdout:write "\r\27[K" end,
  }
end

--- A result as text.
local function shown(self, value)
  if type(value) == "string" and not value:find "[^\t\n -~]" then return value end
  if type(value) == "string" and utf8.len(value) and not value:find "[\0-\8\11-\31\127]" then return value end
  if type(value) == "nil" or type(value) == "boolean" or type(value) == "number" then return tostring(value) end
  return self.look.inspect(value)
end

local function lines_in(text)
  return select(2, text:gsub("\n", "\n")) + 1
end

-- running --------------------------------------------------------------------------------------

--- The message of an error with the traceback as far as it is the program's own; as `lua` has it.
local function explain(message)
  if type(message) ~= "string" then
    local mt = getmetatable(message)
    if type(mt) == "table" and mt.__tostring then
      local ok, text = pcall(tostring, message)
      return ok and text or "(error in the __tostring of an error)"
    end
    message = ("(error object is a %s value)"):format(type(message))
  end
  local trace = debug.traceback(message, 2)
  local last
  for at in trace:gmatch "()\n\t%[C%]: in function 'xpcall'" do last = at end
  return last and trace:sub(1, last - 1) or trace
end

--- Shows the results of a statement, with `print`.
local function show_results(self, results)
  if results.n == 0 then return end
  local long = false
  local _, height = self.wheel:terminal_size()
  for i = 1, results.n do
    results[i] = shown(self, results[i])
    long = long or lines_in(results[i]) >= height
  end
  local ok, message
  if long then
    self.look.page(table.concat(results, "\t", 1, results.n))
    return
  else
    ok, message = pcall(print, table.unpack(results, 1, results.n))
  end
  if not ok then complain(self, ("error calling 'print' (%s)"):format(tostring(message))) end
end

--- Says which new locals hide globals.
local function tell_shadows(self, declared)
  local told = {}
  for _, one in ipairs(declared) do
    local name = one.name
    local _, known = self.scope:get(name)
    if not known and not told[name] and rawget(_G, name) ~= nil then
      told[name] = true
      note(self, ("local '%s' shadows the global of that name"):format(name))
    end
    if one.attrib == "close" then
      note(self, ("local '%s' <close> is closed at the end of this statement"):format(name))
    end
  end
end

--- The value of a name as a statement sees it.
local function value_of(self, name)
  local value, found = self.scope:get(name)
  if found then return value end
  return rawget(_G, name)
end

--- What has been defined anew since state() made a live state of it becomes that state.
local function renew_states(self)
  local kept = {}
  for _, one in ipairs(self.live) do
    local fn = value_of(self, one.name)
    if core.is_session(one.session) and one.session:ID() then
      if fn ~= one.fn and type(fn) == "function" then
        one.fn = fn
        if core.set_state(one.event, fn, one.session) then
          note(self, ("state '%s' of session %d is the new %s"):format(one.event, one.session:ID(), one.name))
        end
      end
      kept[#kept + 1] = one
    end
  end
  self.live = kept
end

--- Calls a function that may wait until Ctrl-C; returns its results, nil when it has been canceled.
local function cancelable(self, ...)
  local ticket = core.token()
  self.canceled = false
  self.cancel = function() return core.resume(ticket, nil) end
  local results = table.pack(pcall(core.with_timeout, math.huge, ...))
  self.cancel = nil
  if self.canceled then
    complain(self, "canceled")
    return nil
  elseif not results[1] then -- of a <close> variable, or for lack of memory
    complain(self, text_of(results[2], "error"))
    return nil
  end
  return table.pack(table.unpack(results, 2, results.n))
end

--- Runs a chunk, to its end or until Ctrl-C.  It may wait.
local function run(self, chunk)
  local fn, message, declared = self.scope:compile(chunk, NAME)
  if not fn then return complain(self, message) end
  tell_shadows(self, declared)
  local results = cancelable(self, xpcall, fn, explain)
  if results and not results[1] then
    complain(self, text_of(results[2], "error"))
  elseif results then
    results = cancelable(self, pcall, show_results, self, table.pack(table.unpack(results, 2, results.n)))
    if results and not results[1] then complain(self, text_of(results[2], "error")) end
  end
  renew_states(self)
end

--- Takes a line: runs it when a statement is complete with it.
local function take_line(self, line)
  local text = self.pending and self.pending .. "\n" .. line or line
  if not self.pending and text:find "^%s*$" then return end
  local state, chunk = statement.examine(text, NAME)
  if state == "incomplete" then
    self.pending = text
    return
  end
  self.pending = nil
  local failed = self.history:add(text)
  if failed then note(self, "the history is not kept: " .. failed) end
  if state == "wrong" then
    complain(self, chunk)
  else
    run(self, chunk)
  end
end

-- what a prompt has besides the program's names --------------------------------------------------

--- The session that is named, or an error at the caller's caller.
local function check_session(who, name)
  local session = who
  if math.type(who) == "integer" then
    session = KERNEL:ID_id_to_session(who)
  elseif type(who) == "string" then
    session = KERNEL:alias_resolve(who)
  elseif not core.is_session(who) then
    error(("bad argument #1 to '%s' (session, ID or alias expected, got %s)")
      :format(name, who == nil and "no value" or type(who)), 3)
  end
  if not session or session == KERNEL then
    error(("%s: there is no session %s"):format(name,
      type(who) == "string" and ("%q"):format(who) or tostring(who)), 3)
  end
  return session
end

local function new_functions(self)
  local functions = {}

  --- Makes `fn` what a session does at an event, from now on; nil takes the state away.  When `fn` is the value
  --- of a global or a local of the prompt, a later definition of that name takes its place by itself.
  ---@param session poe.Session|integer|string  or an ID or alias
  ---@param event string
  ---@param fn? function
  ---@return true
  function functions.state(session, event, fn)
    local target = check_session(session, "state")
    if type(event) ~= "string" then
      error(("bad argument #2 to 'state' (string expected, got %s)"):format(type(event)), 2)
    elseif fn ~= nil and type(fn) ~= "function" then
      error(("bad argument #3 to 'state' (function expected, got %s)"):format(type(fn)), 2)
    elseif event == "_signal" then
      error("bad argument #2 to 'state' ('_signal' cannot be a state; watch signals with sig)", 2)
    end
    local machine = core.machines[target]
    if machine then
      machine.internal[event] = fn
    else
      local ok, message = core.set_state(event, fn, target)
      if not ok then error(message, 2) end
    end
    for i = #self.live, 1, -1 do
      if self.live[i].session == target and self.live[i].event == event then table.remove(self.live, i) end
    end
    local name = fn and self.scope:find(fn)
    if fn and not name then
      if rawget(_G, event) == fn then name = event end
      for key, value in next, _G do
        if not name and value == fn and type(key) == "string" then name = key end
      end
    end
    if name and not machine then
      self.live[#self.live + 1] = { session = target, event = event, name = name, fn = fn }
    end
    return true
  end

  --- Lets go of a session that was made at the prompt: it stops when nothing else keeps it.
  ---@param session poe.Session|integer|string  or an ID or alias
  ---@return true
  function functions.forget(session)
    local target = check_session(session, "forget")
    local id = target:ID()
    if not self.held[id] then
      error(("forget: session %d is not held by the prompt"):format(id), 2)
    end
    self.held[id] = nil
    KERNEL:refcount_decrement(id, HOLD)
    return true
  end
  return functions
end

-- the session ----------------------------------------------------------------------------------

local function new_states(self, opts)
  local states = {}

  function states._start()
    self.session = core.active()
    self.session:option { stall = false } -- what is typed may take its time; Ctrl-C ends it
    local wheel, message = poe.wheel.ReadLine.new {
      input_event = "poe.prompt.line", put_mode = "immediate", appname = "poe", interrupts = opts.interrupts,
      complete = complete.completer(self.scope),
    }
    if not wheel then error("prompt: " .. message, 0) end
    self.wheel, self.editor = wheel, wheel:get_editor()
    if not self.editor.active and not wheel.tty then
      wheel:close()
      error("prompt: the standard input is not a terminal", 0)
    end
    self.output = core.output(function() hide(self) end)
    local failed
    self.history, failed = history.open(self.editor, opts.history or history.path())
    if failed then note(self, "the history cannot be read: " .. failed) end
    KERNEL:sig("WINCH", "poe.prompt.resized")
    KERNEL:sig("DIE?", "poe.prompt.died")
    read(self)
  end

  states["poe.prompt.line"] = function(line, exception)
    self.output:arm(false)
    if exception == "eot" then
      if not self.pending then return core.post_self(self.session, "poe.prompt.leave") end
      local _, message = load(self.pending, NAME)
      self.pending = nil
      complain(self, message or "unfinished statement")
    elseif exception then
      self.pending = nil
      if self.hint then note(self, "Ctrl-D or os.exit() leaves") end
    else
      take_line(self, line)
    end
    self.hint = false
    if not self.wheel.closed then read(self) end
  end

  states["poe.prompt.show"] = function() show(self) end
  states["poe.prompt.resized"] = function() self.wheel:resize() end

  states["poe.prompt.interrupt"] = function()
    if self.cancel then
      self.canceled = self.cancel() or self.canceled
    elseif self.editor.active then
      self.hint = self.editor.active and self.editor.line == "" and not self.pending
      self.wheel:interrupt()
    end
  end

  --- An error that nobody has handled ends nothing here.
  states["poe.prompt.died"] = function(_, info)
    KERNEL:sig_handled()
    local text = info.error_str
    if info.traceback and info.traceback ~= "" then text = text .. "\n" .. info.traceback end
    complain(self, ("session %s, event '%s': %s"):format(
      info.dest_session == self.session and "of the prompt" or tostring(info.dest_session:ID()),
      info.event, text))
    if not self.editor.active and not self.cancel and not self.wheel.closed then read(self) end
  end

  states["poe.prompt.leave"] = function()
    self.wheel:close()
    KERNEL:signal(KERNEL, "UIDESTROY") -- which nobody refuses
  end

  function states._child(what, session)
    local id = session:ID()
    if what == "create" then
      KERNEL:refcount_increment(id, HOLD)
      self.held[id] = session
    elseif what == "lose" then
      self.held[id] = nil
    end
  end
  function states._parent() end

  function states._stop()
    self.wheel:close()
    self.output:close()
    for name, value in pairs(self.taken) do
      if rawget(_G, name) == value then rawset(_G, name, nil) end
    end
    os.exit, os.execute, io.popen = self.exit, self.execute, self.popen
    print ""
  end
  return states
end

--- Where the process meets the terminal past us: the line is taken off the screen first.
local function wrap_process(self)
  self.exit, self.execute, self.popen = os.exit, os.execute, io.popen
  function os.exit(...)
    self.wheel:close()
    return self.exit(...)
  end
  function os.execute(...)
    hide(self)
    return self.execute(...)
  end
  function io.popen(...)
    hide(self)
    return self.popen(...)
  end
end

--- Starts a prompt on the terminal that the standard input is: a session that lives until Ctrl-D, and then ends
--- all others.  `interrupts`: Ctrl-C sends INT, and the host calls the function that is returned when no
--- handler was running; by default it is a key, which cannot end an endless loop.  `history`: a file's path, default
--- $XDG_STATE_HOME/poe/history.
---@param opts? { interrupts?: boolean, history?: string }
---@return poe.Session session
---@return fun() interrupted  for the host to call between handlers
function prompt.start(opts)
  if opts ~= nil and type(opts) ~= "table" then
    error("bad argument #1 to 'start' (table expected, got " .. type(opts) .. ")", 2)
  end
  local self = { held = {}, live = {}, taken = {}, scope = statement.scope(), colours = has_colours() }
  new_look(self)
  for _, functions in ipairs { new_functions(self), self.look } do
    for name, fn in pairs(functions) do
      if OFFERED[name] and rawget(_G, name) == nil then
        rawset(_G, name, fn)
        self.taken[name] = fn
      end
    end
  end
  wrap_process(self)
  local session = poe.spawn(new_states(self, opts or {}))
  return session, function()
    core.post_self(session, "poe.prompt.interrupt")
  end
end

return prompt
