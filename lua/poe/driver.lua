--- Drivers: how octets get from a handle to a filter and back.  The kernel does that itself, in C; what
--- is left to say is how much at a time.
local core = ...

---@class poe.driver
---@field SysRW poe.driver.SysRW
local driver = {}

return setmetatable(driver, { __index = function(t, name)
  if name ~= "SysRW" then return nil end
  local class = core.part "poe.driver.SysRW"
  rawset(t, name, class)
  return class
end })
