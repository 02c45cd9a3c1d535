--- What is typed at a prompt, as a function: whether it is complete, and its top-level locals.
---
--- A local that a statement declares at its top level is there for the next ones, as the variable that
--- it is: a function that was made with it and a later statement share it, and a second declaration of
--- the name makes another variable.  So each statement is compiled inside a function that declares the
--- locals it names, and debug.upvaluejoin makes these the variables of before.
local find, sub = string.find, string.sub

local statement = {}

local OPENS <const> = { ["do"] = true, ["function"] = true, ["if"] = true, ["repeat"] = true }
local CLOSES <const> = { ["end"] = true, ["until"] = true }

--- Calls `word(text, first)` for each name or keyword of a chunk and `other(character, first)` for what is
--- neither that nor blank, a comment, a string or a number.
local function scan(source, word, other)
  local at = 1
  while true do
    at = find(source, "%S", at)
    if not at then return end
    local first, last = find(source, "^[%a_][%w_]*", at)
    if first then
      word(sub(source, first, last), first)
    else
      local c = sub(source, at, at)
      if find(source, "^%-%-", at) then
        local _, opened, level = find(source, "^%-%-%[(=*)%[", at)
        if opened then
          last = select(2, find(source, "]" .. level .. "]", opened + 1, true)) or #source
        else
          last = (find(source, "\n", at, true) or #source + 1) - 1
        end
      elseif c == '"' or c == "'" then
        last = at
        repeat
          last = find(source, "[\\\n" .. c .. "]", last + 1) or #source + 1
          local escaped = sub(source, last, last) == "\\"
          if escaped then last = last + 1 end
        until not escaped
      elseif find(source, "^%[=*%[", at) then
        local _, opened, level = find(source, "^%[(=*)%[", at)
        last = select(2, find(source, "]" .. level .. "]", opened + 1, true)) or #source
      elseif find(source, "^%.?%d", at) then
        last = select(2, find(source, "^0[xX][%x.]*[pP]?[+-]?%x*", at))
          or select(2, find(source, "^[%d.]*[eE][+-]?%d*", at)) or select(2, find(source, "^[%d.]+", at))
      else
        last = at
        other(c, at)
      end
    end
    at = last + 1
  end
end

---@class poe.prompt.declared
---@field name string
---@field attrib? string  "const", "close"

--- What a chunk that compiles declares at its top level, in order; the names it uses; where the `return` of
--- its top level begins, if there is one.
---@param source string
---@return poe.prompt.declared[] declared
---@return table<string, true> used
---@return integer? returns
function statement.analyse(source)
  local declared, used, depth, returns = {}, {}, 0, nil
  local mode -- "local": behind the word; "names": behind a name of its list; "function": its name comes
  local attrib = false
  scan(source, function(word, first)
    if mode == "local" and word == "function" then
      mode, depth = "function", depth + 1
      return
    elseif attrib then
      declared[#declared].attrib = word
      return
    elseif (mode == "local" or mode == "function") and word ~= "local" then
      declared[#declared + 1] = { name = word }
      mode = mode == "local" and "names" or nil
      used[word] = true
      return
    end
    mode = nil
    if OPENS[word] then
      depth = depth + 1
    elseif CLOSES[word] then
      depth = depth - 1
    elseif depth == 0 and word == "local" then
      mode = "local"
    elseif depth == 0 and word == "return" then
      returns = first
    end
    used[word] = true
  end, function(c)
    if mode == "names" and c == "<" then
      attrib = true
    elseif attrib and c == ">" then
      attrib = false
    elseif mode == "names" and c == "," then
      mode = "local"
    elseif mode ~= "function" then
      mode = nil
    end
  end)
  return declared, used, returns
end

-- the scope ------------------------------------------------------------------------------------

---@class poe.prompt.scope
---@field private of table<string, table>  name -> { fn, index } of a variable, { value } of a constant
local Scope = {}
Scope.__index = Scope

--- The locals of a prompt, none so far.
---@return poe.prompt.scope
function statement.scope()
  return setmetatable({ of = {} }, Scope)
end

--- Their names, sorted.
---@return string[]
function Scope:names()
  local names = {}
  for name in pairs(self.of) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- The value of a local, and whether there is one of that name.
---@param name string
---@return any value
---@return boolean found
function Scope:get(name)
  local cell = self.of[name]
  if not cell then return nil, false end
  if not cell.fn then return cell.value, true end
  return select(2, debug.getupvalue(cell.fn, cell.index)), true
end

--- The name of the local that holds this value.
---@param value any
---@return string?
function Scope:find(value)
  for name in pairs(self.of) do
    if rawequal((self:get(name)), value) then return name end
  end
end

--- Takes the locals that a statement has left: `probe` has them as upvalues.
local function take(self, declared, probe, values)
  local at = {}
  for i = 1, 255 do
    local name = debug.getupvalue(probe, i)
    if not name then break end
    at[name] = i
  end
  for i, one in ipairs(declared) do
    if one.attrib == "const" then
      self.of[one.name] = { value = values[i] }
    elseif at[one.name] then
      self.of[one.name] = { fn = probe, index = at[one.name] }
    end
  end
end

--- Compiles a complete statement.
---@param source string
---@param name string  the chunk's, "=stdin"
---@return function? fn
---@return string message_or_nil
---@return poe.prompt.declared[]? declared
function Scope:compile(source, name)
  local fn, message = load(source, name)
  if not fn then return nil, message end
  local declared, used, returns = statement.analyse(source)
  local names, constants, values, variables = {}, {}, {}, {}
  for known, cell in pairs(self.of) do
    if used[known] then
      names[#names + 1] = known
      if cell.fn then
        variables[#variables + 1] = known
      else
        constants[#constants + 1] = known .. " <const>"
        values[#constants] = cell.value
      end
    end
  end
  -- The last of a name counts; what is to be closed is closed at the statement's end.
  local kept, seen = {}, {}
  for i = #declared, 1, -1 do
    local one = declared[i]
    if not seen[one.name] and one.attrib ~= "close" then table.insert(kept, 1, one) end
    seen[one.name] = true
  end
  if not names[1] and not kept[1] then return fn, nil, declared end

  local export = "export"
  while used[export] or self.of[export] do export = export .. "_" end
  local head, tail = { "local ", export }, ""
  for _, constant in ipairs(constants) do head[#head + 1] = ", " .. constant end
  head[#head + 1] = " = ...; "
  if variables[1] then head[#head + 1] = "local " .. table.concat(variables, ", ") .. "; " end
  head[#head + 1] = "return function(...) "
  local before, behind = source, ""
  if kept[1] then
    local list = {}
    for i, one in ipairs(kept) do list[i] = one.name end
    list = table.concat(list, ", ")
    tail = ("\n%s(function() return %s end, %s) "):format(export, list, list)
    if returns then before, behind = sub(source, 1, returns - 1), sub(source, returns) end
  end
  local function take_all(probe, ...) take(self, kept, probe, { ... }) end
  local function build(with)
    return load(table.concat { table.concat(head), before, with, behind, "\nend" }, name)
  end
  local make, wrong = build(tail)
  -- A jump to a label at its end may not pass a local's declaration; then none is kept.
  if not make then make, wrong = build "" end
  if not make then return nil, wrong end
  fn = make(take_all, table.unpack(values, 1, #constants))
  for i = 1, 255 do
    local upvalue = debug.getupvalue(fn, i)
    if not upvalue then break end
    local cell = self.of[upvalue]
    if cell and cell.fn and used[upvalue] then debug.upvaluejoin(fn, i, cell.fn, cell.index) end
  end
  return fn, nil, declared
end

-- completeness ---------------------------------------------------------------------------------

local function unfinished(message)
  return message and find(message, "<eof>$") ~= nil
end

--- What a text is: "complete", with the chunk to compile (`return` before an expression); "incomplete"; or
--- "wrong", with the message.
---@param text string
---@param name string
---@return "complete"|"incomplete"|"wrong" state
---@return string chunk_or_message
function statement.examine(text, name)
  local expression = text:match "^=(.*)$"
  if expression then text = "return " .. expression end
  local whole, more
  if not expression then
    whole, more = load("return " .. text, name)
    if whole then return "complete", "return " .. text end
  end
  local ok, message = load(text, name)
  if ok then return "complete", text end
  if unfinished(message) or unfinished(more) and text:find "^%s*[{(]" then return "incomplete", "" end
  return "wrong", message
end

return statement
