--- Components: sessions made ready.
local core = ...

---@class poe.component
---@field server { TCP: poe.component.server.TCP }
---@field client { TCP: poe.component.client.TCP }
local component = {}

--- A table whose fields are parts of the library.
local function door(prefix)
  return setmetatable({}, { __names = { TCP = true }, __index = function(t, name)
    if name ~= "TCP" then return nil end
    local class = core.part(prefix .. name)
    rawset(t, name, class)
    return class
  end })
end

component.server = door "poe.component.server."
component.client = door "poe.component.client."

--- A connection's own filter: an object is cloned, of a class one is made, {class, ...} says with what.
---@param filter any
---@return poe.filter?  nil: what ReadWrite takes by itself, a Line
function component.filter(filter)
  if filter == nil then return nil end
  if rawget(filter, "new") then return filter.new() end
  if rawget(filter, 1) then return filter[1].new(table.unpack(filter, 2)) end
  return filter:clone()
end

--- Raises unless `value` may be given to `filter`.
---@param class string
---@param name string
---@param value any
---@param level integer
function component.check_filter(class, name, value, level)
  if value == nil then return end
  local kind = type(value) == "table" and rawget(value, 1) or value
  if type(kind) ~= "table" or type(kind.new) ~= "function" and type(kind.clone) ~= "function" then
    error(("%s: %s must be a filter, a filter's class or a list of a class and its arguments, got %s")
      :format(class, name, type(value) == "string" and ("%q"):format(value) or tostring(value)), level + 1)
  end
end

--- Raises unless marks and their events are all there, or none.
---@param class string
---@param params table
---@param names string[]
---@param level integer
---@return boolean
function component.check_marks(class, params, names, level)
  local given, missing
  for _, name in ipairs(names) do
    if params[name] ~= nil then given = name else missing = name end
  end
  if given and missing then
    error(("%s: %s requires %s, got none"):format(class, given, missing), level + 1)
  end
  return given ~= nil
end

--- Puts a program's own states beside the component's.
---@param class string
---@param own table<string, function>  the component's
---@param params table  with inline_states
---@param level integer
---@return table<string, any>
function component.states(class, own, params, level)
  for name, state in pairs(params.inline_states or {}) do
    if own[name] then
      error(("%s: inline_states: '%s' is the component's own"):format(class, tostring(name)), level + 1)
    end
    own[name] = state
  end
  return own
end

--- What Session.create is given.
---@param states table<string, function>
---@param params table
---@return table
function component.session(states, params)
  local spec = {}
  for name, value in pairs(params.session_params or {}) do spec[name] = value end
  spec.inline_states = states
  spec.object_states, spec.package_states = params.object_states, params.package_states
  return spec
end

return component
