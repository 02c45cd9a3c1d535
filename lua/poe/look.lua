--- Looking around: sessions, the queue, timers, handles, what they do and what the names mean.
---
---     local look = require "poe".look
---     look.ps()
---
--- Each function prints a table that fits the terminal's width, or COLUMNS, or 80.  The prompt makes its own set,
--- with new(), which knows its terminal.
local core = ...
local poe = require "poe"
local inspect = core.require "poe.look.inspect"
local unicode = core.require "poe.editor.unicode"
local help = core.part "poe.look.help"
local KERNEL = core.KERNEL
local cut, columns_of = inspect.cut, unicode.columns

---@class poe.look
local look = {}

--- So many rows of queue, timers and handles are shown; more are counted.
local MOST <const> = 1000

-- tables ---------------------------------------------------------------------------------------

---@class (private) poe.look.column
---@field [1] string       its head
---@field drop integer     columns go in the order of this, the lowest first; 9: never
---@field right? boolean   numbers
---@field least? integer   it may be cut to so many columns

--- Prints rows below heads: what does not fit is cut where that is allowed, else the least important go.
local function print_table(how, heads, rows)
  local width, shown = how.width(), {}
  for i = 1, #heads do shown[i] = i end
  local wide = {}
  for i, head in ipairs(heads) do
    wide[i] = columns_of(head[1])
    for _, row in ipairs(rows) do
      row[i] = unicode.visible(tostring(row[i] == nil and "" or row[i]))
      wide[i] = math.max(wide[i], columns_of(row[i]))
    end
  end
  while true do
    local total, spare = 2 * (#shown - 1), 0
    for _, i in ipairs(shown) do
      total = total + wide[i]
      if heads[i].least then spare = spare + math.max(0, wide[i] - heads[i].least) end
    end
    if total <= width then break end
    if total - spare <= width then
      -- The widest of those that may be cut loses first.
      for _ = 1, total - width do
        local widest
        for _, i in ipairs(shown) do
          local least = heads[i].least
          if least and wide[i] > least and (not widest or wide[i] > wide[widest]) then widest = i end
        end
        wide[widest] = wide[widest] - 1
      end
      break
    end
    local least
    for at, i in ipairs(shown) do
      if not least or heads[i].drop < heads[shown[least]].drop then least = at end
    end
    if #shown == 1 then
      wide[shown[1]] = math.min(wide[shown[1]], width)
      break
    end
    table.remove(shown, least)
  end
  local function line(row)
    local parts = {}
    for at, i in ipairs(shown) do
      local text = cut(row[i], wide[i])
      local blank = (" "):rep(wide[i] - columns_of(text))
      parts[at] = heads[i].right and blank .. text or at < #shown and text .. blank or text
    end
    how.print((table.concat(parts, "  "):gsub(" +$", "")))
  end
  local names = {}
  for i, head in ipairs(heads) do names[i] = head[1] end
  line(names)
  for _, row in ipairs(rows) do line(row) end
end

local function in_columns(how, line)
  how.print(cut(line, how.width()))
end

--- Prints text, its lines broken between words where they are too long.
local function wrapped(how, text)
  local width = how.width()
  local indent = text:match "^ *"
  if #indent * 2 > width then indent = "" end
  local current
  for word in text:gmatch "%S+" do
    if not current then
      current = indent .. word
    elseif columns_of(current) + 1 + columns_of(word) <= width then
      current = current .. " " .. word
    else
      how.lines[#how.lines + 1] = current
      current = indent .. word
    end
  end
  how.lines[#how.lines + 1] = current or ""
end

-- words ----------------------------------------------------------------------------------------

local function aliases_of(session)
  return table.concat(KERNEL:alias_list(session) or {}, " ")
end

local function seconds(s)
  if s < 0.0005 then return ("%.0fµs"):format(s * 1e6) end
  if s < 1 then return ("%.1fms"):format(s * 1e3) end
  return ("%.1fs"):format(s)
end

local function due(s)
  if s == math.huge or s > 1e15 then return "never" end
  if s <= 0 then return "now" end
  if s < 1 then return ("%dms"):format(math.ceil(s * 1000)) end
  if s < 120 then return ("%.1fs"):format(s) end
  if s < 7200 then return ("%.0fmin"):format(s / 60) end
  return ("%.1fh"):format(s / 3600)
end

--- What keeps a session, in a few words.
local function kept_by(session)
  local words = {}
  for i, reason in ipairs(session:why() or {}) do
    words[i] = reason.count == 1 and reason.kind or ("%d %ss"):format(reason.count, reason.kind)
    if reason.kind == "alias" and reason.count ~= 1 then words[i] = reason.count .. " aliases" end
  end
  return table.concat(words, ", ")
end

--- The session that `who` names, or an error at the caller's caller.
local function check_session(who, name)
  local session = who
  if math.type(who) == "integer" then
    session = KERNEL:ID_id_to_session(who)
  elseif type(who) == "string" then
    session = KERNEL:alias_resolve(who)
  elseif not core.is_session(who) and who ~= KERNEL then
    error(("bad argument #1 to '%s' (session, ID or alias expected, got %s)")
      :format(name, who == nil and "no value" or type(who)), 3)
  end
  if not session then
    error(("%s: there is no session %s"):format(name, type(who) == "string" and ("%q"):format(who) or who), 3)
  end
  return session
end

local function sessions()
  local list = {}
  for session in KERNEL:sessions() do
    if session ~= KERNEL then list[#list + 1] = session end
  end
  return list
end

-- the functions --------------------------------------------------------------------------------

local function session_rows(list)
  local rows = {}
  for _, session in ipairs(list) do
    local stats = session:stats()
    if stats then
      rows[#rows + 1] = { session:ID(), aliases_of(session), core.parent(session), stats.queued, stats.handled,
        seconds(stats.time), kept_by(session), time = stats.time, handled = stats.handled }
    end
  end
  return rows
end

local SESSION_HEADS <const> = {
  { "ID", drop = 9, right = true }, { "ALIASES", drop = 8, least = 7 }, { "PARENT", drop = 3, right = true },
  { "QUEUED", drop = 6, right = true }, { "HANDLED", drop = 4, right = true }, { "TIME", drop = 5, right = true },
  { "ALIVE FOR", drop = 7, least = 9 },
}

local function arguments_of(event)
  local parts = {}
  for i = 1, math.min(event.arguments and event.arguments.n or 0, 8) do
    parts[i] = inspect.inspect(event.arguments[i], { width = math.huge, depth = 1, items = 4, bytes = 40 })
  end
  return table.concat(parts, ", ")
end

--- The functions, with what they print on: `print(line)`, `width()` and `height()` in columns and lines,
--- `read_key(seconds)`, which waits for a key and returns nil when none has come, and `clear()` of the screen.
--- Without `read_key` nothing is paged, and top() shows one screen.
---@param opts? table
---@return table<string, function>
function look.new(opts)
  opts = opts or {}
  local how = {
    print = opts.print or function(line) print(line) end,
    width = opts.width or function() return math.tointeger(tonumber(os.getenv "COLUMNS")) or 80 end,
    height = opts.height or function() return math.tointeger(tonumber(os.getenv "LINES")) or 24 end,
    read_key = opts.read_key, clear = opts.clear,
  }
  local functions = {}

  --- A text: the screen is filled, then a key goes on, Enter by a line and q to the end.
  ---@param text string
  function functions.page(text)
    if text:sub(-1) == "\n" then text = text:sub(1, -2) end
    local room = how.read_key and how.height() - 1 or math.huge
    local left = room
    for line in (text .. "\n"):gmatch "(.-)\n" do
      local rows = math.max(1, (columns_of(unicode.visible(line)) + how.width() - 1) // how.width())
      if left < rows then
        how.more()
        local key = how.read_key()
        how.less()
        if key == nil or key == "q" or key == "Q" then return end
        left = (key == "\r" or key == "\n") and rows or room
      end
      how.print(line)
      left = left - rows
    end
  end
  how.more = opts.more or function() how.print "-- more: space, Enter, q --" end
  how.less = opts.less or function() end

  --- Readable text for any value; see poe.look.inspect.
  ---@param value any
  ---@param options? table  width, depth, items, bytes
  ---@return string
  function functions.inspect(value, options)
    local o = { width = how.width() }
    for key, option in pairs(options or {}) do o[key] = option end
    return inspect.inspect(value, o)
  end

  --- The sessions: events queued and handled, time spent in handlers (from the first ps on), what keeps them.
  function functions.ps()
    print_table(how, SESSION_HEADS, session_rows(sessions()))
  end

  --- What keeps a session alive.
  ---@param session poe.Session|integer|string  or an ID or alias
  function functions.why(session)
    local target = check_session(session, "why")
    if target == KERNEL then
      how.print(("the kernel runs %d sessions"):format(#sessions()))
      return
    end
    local reasons, rows = target:why() or {}, {}
    if not reasons[1] then
      how.print(target:ID() and KERNEL:ID_id_to_session(target:ID()) and "nothing: it stops with this turn"
        or "it has stopped")
      return
    end
    for i, reason in ipairs(reasons) do rows[i] = { reason.kind, reason.count, reason.detail } end
    print_table(how, { { "KEPT BY", drop = 9 }, { "COUNT", drop = 2, right = true },
      { "WHICH", drop = 3, least = 6 } }, rows)
  end

  --- The events that are queued, the next one first.
  function functions.queue()
    local rows = {}
    for i, event in ipairs(core.queued(MOST)) do
      rows[i] = { event.name == "" and event.kind or event.name, event.to, event.from, event.kind,
        arguments_of(event) }
    end
    print_table(how, { { "EVENT", drop = 9, least = 8 }, { "TO", drop = 8, right = true },
      { "FROM", drop = 3, right = true }, { "KIND", drop = 2 }, { "ARGUMENTS", drop = 5, least = 9 } }, rows)
    local all = KERNEL:stats().queued
    if all > #rows then in_columns(how, ("... %d more"):format(all - #rows)) end
  end

  --- The timers, the one that is due first first.
  function functions.timers()
    local all, rows = {}, {}
    for _, session in ipairs(sessions()) do
      for _, timer in ipairs(core.timers(session, MOST)) do
        timer.id, timer.aliases = session:ID(), aliases_of(session)
        all[#all + 1] = timer
      end
    end
    table.sort(all, function(a, b)
      if a.due ~= b.due then return a.due < b.due end
      return a.id < b.id
    end)
    for i = 1, math.min(#all, MOST) do
      local timer = all[i]
      rows[i] = { due(timer.due), timer.name, timer.id, timer.aliases }
    end
    print_table(how, { { "DUE IN", drop = 8, right = true }, { "EVENT", drop = 9, least = 6 },
      { "SESSION", drop = 6, right = true }, { "ALIASES", drop = 3, least = 7 } }, rows)
    if #all > MOST then in_columns(how, ("... %d more"):format(#all - MOST)) end
  end

  --- The handles that sessions watch: descriptors, and whose wheels or states they are.
  function functions.handles()
    local rows = {}
    for _, session in ipairs(sessions()) do
      for _, handle in ipairs(core.handles(session, MOST)) do
        rows[#rows + 1] = { handle.fd, handle.mode, handle.name, session:ID(), aliases_of(session) }
      end
    end
    print_table(how, { { "FD", drop = 9, right = true }, { "MODE", drop = 5 }, { "EVENT", drop = 8, least = 6 },
      { "SESSION", drop = 7, right = true }, { "ALIASES", drop = 3, least = 7 } }, rows)
  end

  --- One line per fact, from now on: of a session ("trace" is one of its options), or of all by tags:
  --- "ev,ti,si,rc,fh" or some of them, everything without an argument.
  ---@param what? poe.Session|integer|string
  function functions.trace(what)
    if what == nil then
      KERNEL:trace(true)
    elseif type(what) == "string" and not KERNEL:alias_resolve(what) then
      KERNEL:trace(what)
    else
      local target = check_session(what, "trace")
      if target == KERNEL then
        KERNEL:trace(true)
      else
        target:option { trace = true }
        how.traced = how.traced or setmetatable({}, { __mode = "k" })
        how.traced[target] = true
      end
    end
  end

  --- No traces any more, of all or of one session.
  ---@param session? poe.Session|integer|string
  function functions.untrace(session)
    if session ~= nil then
      local target = check_session(session, "untrace")
      if target ~= KERNEL then target:option { trace = false } end
      return
    end
    KERNEL:trace(false)
    for target in pairs(how.traced or {}) do
      if target:why() then target:option { trace = false } end
    end
    how.traced = nil
  end

  --- The sessions as a tree: who has made whom.
  function functions.tree()
    local children = {}
    for _, session in ipairs(sessions()) do
      local parent = core.parent(session) or 1
      children[parent] = children[parent] or {}
      table.insert(children[parent], session)
    end
    local function branch(id, indent)
      local list = children[id] or {}
      for i, session in ipairs(list) do
        local last = i == #list
        in_columns(how, indent .. (last and "└─ " or "├─ ") .. tostring(session))
        branch(session:ID(), indent .. (last and "   " or "│  "))
      end
    end
    how.print "kernel"
    branch(1, "")
  end

  --- The busiest sessions, every second anew, until q.
  function functions.top()
    local last = {}
    repeat
      local rows = session_rows(sessions())
      for _, row in ipairs(rows) do
        local before = last[row[1]]
        row.spent, row.rate = row.time - (before and before.time or 0), row.handled - (before and before.handled or 0)
        last[row[1]] = { time = row.time, handled = row.handled }
      end
      table.sort(rows, function(a, b)
        if a.spent ~= b.spent then return a.spent > b.spent end
        if a.rate ~= b.rate then return a.rate > b.rate end
        return math.tointeger(tonumber(a[1])) < math.tointeger(tonumber(b[1]))
      end)
      local stats = KERNEL:stats()
      if how.clear then how.clear() end
      in_columns(how, ("%d sessions, %d queued, %d timers, %d handles; q leaves"):format(stats.sessions, stats.queued,
        stats.timers, stats.handles))
      local shown = {}
      for i = 1, math.min(#rows, math.max(1, how.height() - 3)) do shown[i] = rows[i] end
      print_table(how, SESSION_HEADS, shown)
      if not how.read_key then return end
      local key = how.read_key(1)
    until key == "q" or key == "Q"
  end

  --- What a name means: a function, a class, or its name as a string; the states of a session.  Without one: all
  --- names.
  ---@param what? any
  function functions.help(...)
    local what = ...
    local lines
    if select("#", ...) == 0 then
      lines = help.overview()
    elseif type(what) == "string" then
      lines = help.of_name(what)
      local session = not lines and KERNEL:alias_resolve(what)
      if session then lines = functions.states_of(session) end
    elseif core.is_session(what) and what ~= KERNEL then
      lines = functions.states_of(what)
    elseif what == KERNEL then
      lines = help.of_name "poe.Kernel"
    else
      lines = help.of_value(what)
      local mt = not lines and debug.getmetatable(what)
      local class = type(mt) == "table" and type(rawget(mt, "__name")) == "string" and rawget(mt, "__name")
      if class then lines = help.of_name((class:gsub("^poe%.socket$", "poe.Socket"))) end
    end
    if not lines then
      in_columns(how, ("no help for %s"):format(type(what) == "string" and ("%q"):format(what) or tostring(what)))
      return
    end
    how.lines = {}
    for _, line in ipairs(lines) do wrapped(how, line) end
    functions.page(table.concat(how.lines, "\n"))
  end

  --- The lines of help for a session.
  ---@private
  function functions.states_of(session)
    local names = core.state_names(session)
    if not names then return { tostring(session) .. " has stopped" } end
    table.sort(names)
    local lines = { tostring(session) .. ": states" }
    for _, name in ipairs(names) do
      local fn = core.state_of(session, name)
      lines[#lines + 1] = "  " .. name .. (type(fn) == "function" and "  " .. inspect.inspect(fn) or "")
    end
    return lines
  end
  return functions
end

--- Every name there is help for.
---@return string[]
look.help_names = help.names

local default = look.new()
for name, fn in pairs(default) do look[name] = fn end

return look
