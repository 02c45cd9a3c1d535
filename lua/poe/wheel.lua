--- Wheels: I/O with events.  What they share, and the door to each of them.
---
--- A wheel is made inside a handler, belongs to SESSION, and keeps it alive while it watches something:
--- until it is closed, has finished, its session stops, or it is collected.  The kernel never holds a
--- wheel: whatever comes for one finds it by its ID, here.
local core = ...

---@class poe.wheel
---@field FollowTail poe.wheel.FollowTail
---@field ListenAccept poe.wheel.ListenAccept
---@field ReadLine poe.wheel.ReadLine
---@field ReadWrite poe.wheel.ReadWrite
---@field Run poe.wheel.Run
---@field SocketFactory poe.wheel.SocketFactory
local wheel = {}

--- Every wheel that lives, by ID.
---@type table<integer, table>
local live = setmetatable({}, { __mode = "v" })
wheel.live = live

local last_id = 0

--- A new wheel's ID: integers that increase, never used again.
---@return integer
function wheel.allocate_wheel_id()
  last_id = last_id + 1
  return last_id
end

---@param id integer
---@return boolean  whether a wheel had it
function wheel.free_wheel_id(id)
  local had = live[id] ~= nil
  live[id] = nil
  return had
end

--- A value as error messages tell it.
---@param value any
---@return string
function wheel.show(value)
  if type(value) == "string" then return ("%q"):format(value) end
  return value ~= value and "nan" or tostring(value)
end

--- Checks the parameters of a constructor: `known` says what each may be, a type's name, "event",
--- "size" (a positive integer), "seconds", "filter" or "any".  Raises at the caller's caller.
---@param class string
---@param params table
---@param known table<string, string>
---@param level? integer
function wheel.check(class, params, known, level)
  level = (level or 2) + 1
  if type(params) ~= "table" then
    error(("%s: table expected, got %s"):format(class, type(params)), level)
  end
  for name, value in pairs(params) do
    local want = known[name]
    if not want then error(("%s: unknown field '%s'"):format(class, tostring(name)), level) end
    local got, bad = type(value), false
    if want == "event" then
      bad = got ~= "string" and value ~= false
      want = "an event's name"
    elseif want == "size" then
      bad = math.type(value) ~= "integer" or value <= 0
      want = "a positive integer"
    elseif want == "seconds" then
      bad = got ~= "number" or value ~= value or value < 0
      want = "a number of seconds"
    elseif want == "filter" then
      bad = got ~= "table" and got ~= "userdata" or type(value.get_one_start) ~= "function"
        or type(value.get_one) ~= "function" or type(value.put) ~= "function"
      want = "a filter"
    elseif want ~= "any" then
      bad = got ~= want
      want = "a " .. want
    end
    if bad then
      error(("%s: %s must be %s, got %s"):format(class, name, want, wheel.show(value)), level)
    end
  end
end

--- Checks that `value` is something with a descriptor, and open.  Raises at the caller's caller.
---@param class string
---@param name string  the parameter's
---@param value any
---@param level? integer
function wheel.check_handle(class, name, value, level)
  local mt, fine, closed = getmetatable(value), math.type(value) == "integer" and value >= 0, false
  local kind = type(value) == "userdata" and mt and mt.__name
  if kind == "poe.socket" then
    fine, closed = true, not value:fileno()
  elseif kind == "FILE*" then
    fine, closed = true, tostring(value) == "file (closed)"
  end
  if closed then error(("%s: %s is closed"):format(class, name), (level or 2) + 1) end
  if not fine then
    error(("%s: %s must be a socket, a file or a descriptor, got %s")
      :format(class, name, type(value) == "number" and tostring(value) or type(value)), (level or 2) + 1)
  end
end

--- The code of what a filter has raised, as an error event tells it.
---@param raised any
---@return string code
---@return string message
function wheel.filter_error(raised)
  local message = tostring(raised)
  local code = message:match "^(E[A-Z]+): "
  if code == "EMSGSIZE" or code == "EBADMSG" then return code, message end
  return "EBADMSG", "EBADMSG: " .. message
end

local names = { ReadWrite = true, SocketFactory = true, ListenAccept = true, FollowTail = true,
  Run = true, ReadLine = true }

return setmetatable(wheel, { __names = names, __index = function(t, name)
  if not names[name] then return nil end
  local class = core.part("poe.wheel." .. name)
  rawset(t, name, class)
  return class
end })
