--- What Tab offers at a prompt: globals and the prompt's locals, fields, methods, aliases, events, files.
---
--- Nothing of the program is called: fields are read raw, and through __index only where that is a table.
local core = ...
local KERNEL = core.KERNEL
local find, sub = string.find, string.sub

local complete = {}

local KEYWORDS <const> = { "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto",
  "if", "in", "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while" }

local DYNAMIC <const> = { "SESSION", "HEAP", "SENDER", "STATE", "EVENT", "CALLER_STATE", "CALLER_FILE",
  "CALLER_LINE", "MACHINE", "RUNSTATE" }

--- Calls `each(key, value)` for the keys of a value that can be read without running anything; the value is
--- nil for a part of poe that is not loaded yet.
local function walk(value, each)
  for _ = 1, 20 do -- a chain of __index may be a ring
    if type(value) == "table" then
      for key, field in next, value do each(key, field) end
    end
    local mt = debug.getmetatable(value)
    if type(mt) ~= "table" then return end
    for key in next, rawget(mt, "__names") or {} do each(key) end
    local index = rawget(mt, "__index")
    if type(index) ~= "table" then return end
    value = index
  end
end

--- A field, without running anything but poe's own; nil: there is none.
local function field_of(value, key)
  local found, ours
  walk(value, function(k, v)
    if k ~= key then return end
    if found == nil then found = v end
    ours = ours or v == nil
  end)
  if found == nil and (ours or value == _G) then
    local ok, field = pcall(function() return value[key] end)
    return ok and field or nil
  end
  return found
end

local function matching(list, word)
  local kept, seen = {}, {}
  for _, one in ipairs(list) do
    if sub(one, 1, #word) == word and not seen[one] then
      seen[one] = true
      kept[#kept + 1] = one
    end
  end
  table.sort(kept)
  return kept
end

local function fields(value, word, methods)
  local list = {}
  local function each(key, field)
    if type(key) ~= "string" or not find(key, "^[%a_][%w_]*$") then return end
    if find(key, "^__") and not find(word, "^_") then return end
    if not methods or type(field) == "function" then list[#list + 1] = key end
  end
  walk(value, each)
  return matching(list, word)
end

--- The value of a name or a path such as `a.b["c"].d`, nil: there is none, or it would take a call.
local function value_of(path, scope)
  local name, rest = path:match "^([%a_][%w_]*)(.*)$"
  if not name then return nil end
  local value, found = scope:get(name)
  if not found then value = field_of(_G, name) end
  while rest ~= "" and value ~= nil do
    local key, behind = rest:match "^%s*%.%s*([%a_][%w_]*)(.*)$"
    if not key then key, behind = rest:match "^%[%s*[\"']([^\"']*)[\"']%s*%](.*)$" end
    if not key then
      key, behind = rest:match "^%[%s*(%d+)%s*%](.*)$"
      key = math.tointeger(tonumber(key))
    end
    if not key then return nil end
    value, rest = field_of(value, key), behind
  end
  return value
end

local function names(word, scope)
  local list = scope:names()
  walk(_G, function(key)
    if type(key) == "string" and find(key, "^[%a_][%w_]*$") then list[#list + 1] = key end
  end)
  table.move(DYNAMIC, 1, #DYNAMIC, #list + 1, list)
  if #word >= 2 then table.move(KEYWORDS, 1, #KEYWORDS, #list + 1, list) end
  return matching(list, word)
end

-- in strings -----------------------------------------------------------------------------------

local function aliases(word)
  local list = {}
  for session in KERNEL:sessions() do
    for _, alias in ipairs(KERNEL:alias_list(session) or {}) do list[#list + 1] = alias end
  end
  return matching(list, word)
end

local function events(session, word)
  local list = session and core.state_names(session)
  local kept = {}
  for _, name in ipairs(list or {}) do
    if not find(name, "^_") or find(word, "^_") then kept[#kept + 1] = name end
  end
  return matching(kept, word)
end

local function files(word)
  local folder, begun = word:match "^(.*/)([^/]*)$"
  local list = core.list_folder(folder or ".")
  local kept = {}
  for _, name in ipairs(list or {}) do
    if not find(name, "^%.") or find(begun or word, "^%.") then kept[#kept + 1] = (folder or "") .. name end
  end
  return matching(kept, word)
end

--- Functions that take a session first and an event second, an event first, or a file.
local TO_SESSION <const> = { post = true, call = true, ask = true, state = true, postback = true, callback = true,
  signal = true }
local TO_SELF <const> = { yield = true, wait = true, delay = true, delay_set = true, delay_add = true, alarm = true,
  alarm_set = true, alarm_add = true }
local SESSIONS <const> = { why = true, forget = true, trace = true, help = true, alias_resolve = true }
local FILES <const> = { dofile = true, loadfile = true, open = true, lines = true, input = true, output = true,
  read_file = true, write_file = true }

--- Where the string begins that is open at the end of `head`; nil: none is.
local function open_string(head)
  local at, quote, opened = 1, nil, nil
  while at <= #head do
    local c = sub(head, at, at)
    if quote then
      if c == "\\" then
        at = at + 1
      elseif c == quote then
        quote = nil
      end
    elseif c == '"' or c == "'" then
      quote, opened = c, at
    elseif find(head, "^%-%-", at) then
      at = (find(head, "\n", at, true) or #head + 1) - 1
    end
    at = at + 1
  end
  return quote and opened
end

--- The session that an argument names.
local function session_of(argument, scope)
  local alias = argument:match '^"([^"\\]*)"$' or argument:match "^'([^'\\]*)'$"
  if alias then return KERNEL:alias_resolve(alias) end
  local id = math.tointeger(tonumber(argument))
  if id then return KERNEL:ID_id_to_session(id) end
  local value = value_of(argument, scope)
  if core.is_session(value) then return value end
  return type(value) == "string" and KERNEL:alias_resolve(value) or nil
end

local function in_string(head, opened, scope)
  local before, word = sub(head, 1, opened - 1), sub(head, opened + 1)
  local fn, arguments = before:match "([%a_][%w_]*)%s*%(%s*([^()]*)$"
  if not fn then fn, arguments = before:match "([%a_][%w_]*)%s*$", "" end
  if not fn then return {} end
  if FILES[fn] and arguments == "" then return files(word) end
  local first = arguments:match "^(.-)%s*,%s*$"
  if TO_SESSION[fn] then
    if arguments == "" then return aliases(word) end
    if first and not first:find "," then return events(session_of(first, scope), word) end
  elseif TO_SELF[fn] and arguments == "" then
    return events(core.active(), word)
  elseif SESSIONS[fn] and arguments == "" then
    return aliases(word)
  end
  return {}
end

--- For poe.editor's `complete`.
---@param scope poe.prompt.scope
---@return fun(line: string, first: integer, last: integer): string[], integer?
function complete.completer(scope)
  return function(line, _, last)
    local head = sub(line, 1, last)
    local opened = open_string(head)
    if opened then return in_string(head, opened, scope), opened + 1 end
    local path, separator, word = head:match "([%a_][%w_%.%[%]\"']*)%s*([.:])%s*([%w_]*)$"
    if path then
      local value = value_of(path, scope)
      return fields(value, word, separator == ":"), #head - #word + 1
    end
    word = head:match "[%a_][%w_]*$" or ""
    if word == "" and find(head, "%S") then return {}, #head + 1 end
    return names(word, scope), #head - #word + 1
  end
end

return complete
