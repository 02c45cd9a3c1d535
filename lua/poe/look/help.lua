--- The annotations of every public name, found by name or by value.
---
--- They are read from the sources that the library carries with it, when help is asked for the first time.
local core = ...
local poe = require "poe"

local help = {}

---@class (private) poe.help.entry
---@field name string        "poe.wheel.ReadWrite:put"
---@field signature string
---@field text string[]      what is said
---@field params string[][]  name, type, what is said of it
---@field returns string[]
---@field class boolean

local entries --- by name; a list as well

--- What the files call their classes' tables, as scripts write it.
local SPELLED <const> = { ["poe.Kernel"] = "KERNEL", ["poe.Session"] = "session", ["poe.Socket"] = "socket",
  ["poe.Postback"] = "postback", ["poe.sockets"] = "poe.socket", ["poe.listener"] = "listener" }

--- What all filters do; those that do no more say nothing about it.
local FILTERS <const> = {
  get = "The records that chunks of bytes complete.", get_one_start = "Takes chunks of bytes in.",
  get_one = "The next record, in a list, or an empty list.", put = "The chunks of bytes for records.",
  get_pending = "What has come and is no record yet, or nil.", clone = "Another filter of the same options, empty.",
}

local function add(entry)
  local method = not entry.text[1] and entry.name:match "^poe%.filter%..*:([%w_]+)$"
  if method and FILTERS[method] then entry.text[1] = FILTERS[method] end
  if entries[entry.name] and not entry.class then return end
  entries[entry.name] = entry
  entries[#entries + 1] = entry
end

local function new_entry(name, signature, block)
  local entry = { name = name, signature = signature, text = {}, params = {}, returns = {}, class = false }
  local last
  for _, line in ipairs(block) do
    local tag, rest = line:match "^@(%w+)%s*(.*)$"
    if line:find "^%-%-%-" then
      last = nil -- the editor's own language
    elseif tag == "param" or tag == "field" then
      local param, kind, what = rest:match "^(%S+)%s+(%S+)%s*(.*)$"
      if not param then param, kind, what = rest, "", "" end
      if param == "private" then goto continue end
      while what ~= "" and select(2, kind:gsub("[({<]", "")) > select(2, kind:gsub("[)}>]", "")) do
        local more, behind = what:match "^(%S+)%s*(.*)$"
        kind, what = kind .. " " .. more, behind
      end
      last = { param, kind, what }
      entry.params[#entry.params + 1] = last
    elseif tag == "return" then
      entry.returns[#entry.returns + 1] = rest
      last = nil
    elseif not tag then
      local more = line:match "^%s%s+(.*)$"
      if more and last then
        last[3] = last[3] .. " " .. more
      elseif more and #entry.returns > 0 then
        entry.returns[#entry.returns] = entry.returns[#entry.returns] .. " " .. more
      else
        entry.text[#entry.text + 1] = line
      end
    end
    ::continue::
  end
  while entry.text[1] and entry.text[#entry.text] == "" do table.remove(entry.text) end
  return entry
end

--- Reads one file's annotations.
local function read(source)
  local block, class_of, class, head = {}, {}, nil, nil
  for line in (source .. "\n"):gmatch "(.-)\n" do
    local said = line:match "^%s*%-%-%-%s?(.*)$"
    if said then
      block[#block + 1] = said
      class = said:match "^@class%s+([%w_.]+)" or class
    else
      local variable = line:match "^local ([%w_]+) = " or line:match "^([%a_]+) = {}$"
      if variable and class then
        class_of[variable] = class
        local entry = new_entry(class, class, block)
        entry.class = true
        if not entry.text[1] and head then entry.text = head end
        if #block > 0 and class:find "^poe" and not entries[class] then add(entry) end
        class = nil
      end
      local owner, separator, name, params = line:match "^%s*function ([%w_.]-)([.:]?)([%w_]+)%((.-)%)"
      local private = table.concat(block, "\n"):find "@private"
      if name and #block > 0 and not private then
        local prefix = class_of[owner] or owner
        if owner == "functions" then prefix, separator = "", "" end
        if prefix ~= "" then prefix = (SPELLED[prefix] or prefix) .. separator end
        add(new_entry(prefix .. name, prefix .. name .. "(" .. params .. ")", block))
      end
      local global = line:match "^([%u_]+) = nil$"
      if global and #block > 0 then
        local kind, what = block[#block]:match "^@type%s+(%S+)%s*(.*)$"
        add({ name = global, signature = global .. (kind and ": " .. kind or ""), text = { what or "" }, params = {},
          returns = {}, class = false })
      end
      head = head or #block > 0 and not block[1]:find "^@" and new_entry("", "", block).text or nil
      block = {}
    end
  end
end

local function load_entries()
  if entries then return end
  entries = {}
  read(core.source "poe.meta")
  for _, module in ipairs(core.modules()) do
    if module ~= "poe.meta" and not module:find "^poe%.editor" then read(core.source(module)) end
  end
end

--- The names that live values have: function or class -> name.
local function names_of_values()
  local names = {}
  local function class(value, prefix)
    if type(value) ~= "table" then return end
    names[value] = names[value] or prefix:gsub("[.:]$", "")
    for key, field in next, value do
      if type(field) == "function" and type(key) == "string" and not key:find "^__" then
        local short = prefix:gsub("[.:]$", "")
        local name = entries[short .. ":" .. key] and short .. ":" .. key or short .. "." .. key
        names[field] = names[field] or name
      end
    end
  end
  for key, value in next, _G do
    if type(value) == "function" and entries[key] then names[value] = key end
  end
  class(poe, "poe.")
  class(core.kernel, "KERNEL:")
  class(core.session_mt.__index, "session:")
  class(poe.Session, "poe.Session.")
  for _, group in ipairs { "wheel", "filter", "driver" } do
    for key, value in next, poe[group] do
      if type(value) == "table" then class(value, ("poe.%s.%s."):format(group, key)) end
    end
  end
  for _, side in ipairs { "server", "client" } do
    for key, value in next, poe.component[side] do class(value, ("poe.component.%s.%s."):format(side, key)) end
  end
  class(rawget(poe, "NFA"), "poe.NFA.")
  class(poe.socket, "poe.socket.")
  return names
end

--- Words of an entry: lines, not wrapped.
local function lines_of(entry)
  local lines = { entry.signature }
  if entry.text[1] or entry.params[1] or entry.class then lines[2] = "" end
  local joins = false -- a paragraph's lines are one, for the width to break; code stays as it is
  for _, line in ipairs(entry.text) do
    local prose = line:find "^%S" and true or false
    if joins and prose then
      lines[#lines] = lines[#lines] .. " " .. line
    else
      lines[#lines + 1] = "  " .. line
    end
    joins = prose
  end
  if entry.params[1] then
    if #entry.text > 0 then lines[#lines + 1] = "" end
    for _, param in ipairs(entry.params) do
      lines[#lines + 1] = ("  %s: %s%s"):format(param[1], param[2], param[3] ~= "" and "  " .. param[3] or "")
    end
  end
  if entry.returns[1] then
    lines[#lines + 1] = ""
    for _, one in ipairs(entry.returns) do lines[#lines + 1] = "  returns " .. one end
  end
  if entry.class then
    local first = true
    for _, other in ipairs(entries) do
      local name = SPELLED[entry.name] or entry.name
      if other ~= entry and other.name:sub(1, #name + 1):find "[.:]$" and other.name:sub(1, #name) == name
        and not other.class then
        if first then lines[#lines + 1] = "" end
        first = false
        lines[#lines + 1] = "  " .. other.signature
      end
    end
  end
  return lines
end

--- What SESSION:, session: and the like are called here.
local function spelled(name)
  name = name:gsub("^SESSION([:.])", "session%1"):gsub("^poe%.KERNEL([:.])", "KERNEL%1")
  return name:gsub("^KERNEL%.", "KERNEL:"):gsub("^session%.", "session:")
end

--- The lines of help for a name, nil when there is none of it.
---@param name string
---@return string[]?
function help.of_name(name)
  load_entries()
  name = spelled(name)
  local entry = entries[name] or entries[name:gsub(":", ".")] or entries[(name:gsub("%.([%w_]+)$", ":%1"))]
  if entry and not entry.class and not entry.text[1] and entries["poe." .. name] then
    entry = entries["poe." .. name] -- the globals post, yield and call are the module's
  end
  if entry then return lines_of(entry) end
  for class, written in pairs(SPELLED) do
    if written == name and entries[class] then return lines_of(entries[class]) end
  end
  local lines, ends = {}, "[.:]" .. name:gsub("%p", "%%%0") .. "$"
  for _, other in ipairs(entries) do
    if other.name:find(ends) then
      if lines[1] then lines[#lines + 1] = "" end
      table.move(lines_of(other), 1, 1000, #lines + 1, lines)
    end
  end
  return lines[1] and lines or nil
end

--- The lines of help for a function or a class, nil when it is none of ours.
---@param value any
---@return string[]?
function help.of_value(value)
  load_entries()
  local name = names_of_values()[value]
  return name and help.of_name(name)
end

--- All names, by what they belong to.
---@return string[]
function help.overview()
  load_entries()
  local groups, order = {}, {}
  for _, entry in ipairs(entries) do
    local group, short = entry.name:match "^(.*)[.:]([^.:]+)$"
    if not group then group, short = "", entry.name end
    if entry.class then group, short = "classes", entry.name end
    if not groups[group] then
      groups[group] = {}
      order[#order + 1] = group
    end
    table.insert(groups[group], short)
  end
  local lines = {}
  for _, group in ipairs(order) do
    lines[#lines + 1] = (group == "" and "names" or group) .. ": " .. table.concat(groups[group], " ")
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] = 'help(name) tells more: help(post), help "delay_set", help "poe.wheel.ReadWrite",'
    .. ' help "alias" of a session'
  return lines
end

--- Every name there is help for, sorted.
---@return string[]
function help.names()
  load_entries()
  local names = {}
  for i, entry in ipairs(entries) do names[i] = entry.name end
  table.sort(names)
  return names
end

return help
