--- The annotations: meta.lua names what there is and no more, and what is written in Lua is annotated there.
local poe = require "poe"
local LIBRARY = "lua/poe/"

local function lines_of(path)
  local list = {}
  for line in io.lines(path) do list[#list + 1] = line end
  return list
end

--- The names meta.lua declares: class -> name -> parameters, or false for a field.
local function declarations()
  local classes, class = {}, nil
  local function add(to, name, params)
    classes[to] = classes[to] or {}
    classes[to][name] = params or false
  end
  for _, line in ipairs(lines_of(LIBRARY .. "meta.lua")) do
    class = line:match "^%-%-%-@class ([%w_.]+)" or class
    local field = line:match "^%-%-%-@field ([%w_]+)"
    if field then add(class, field) end
    local global = line:match "^([%u_]+) = nil$"
    if global then add("globals", global) end
    local owner, name, params = line:match "^function ([%w_.]-)[.:]?([%w_]+)%((.-)%) end$"
    if name then
      add(owner == "" and "globals" or owner == "poe.socket" and "poe.sockets"
        or owner == "poe" and "poe" or "poe." .. owner, name, params)
    end
  end
  return classes
end

--- The names of a class as it is, metamethods and what an instance keeps left out.
local function names_of(...)
  local names = {}
  for _, class in ipairs { ... } do
    for name, value in pairs(class) do
      if not name:find "^__" then names[name] = value end
    end
  end
  return names
end

--- What only one of two sets has, "" when they are the same.
local function difference(declared, there)
  local list = {}
  for name in pairs(declared) do
    if there[name] == nil then list[#list + 1] = "declared only: " .. name end
  end
  for name in pairs(there) do
    if declared[name] == nil then list[#list + 1] = "undeclared: " .. name end
  end
  table.sort(list)
  return table.concat(list, "\n")
end

local function methods(value)
  return getmetatable(value).__index
end

--- Everything meta.lua declares, as it is.
local function what_there_is()
  local module = {}
  for _, name in ipairs { "connect", "listen", "run", "resolve", "read_file", "write_file", "NFA", "wheel",
      "filter", "driver", "component", "look", "prompt" } do
    module[name] = poe[name] -- which are loaded when they are named
  end
  local socket <close> = poe.socket.pair()
  local postback
  local session = poe.Session.create { inline_states = { _start = function()
    postback = SESSION:postback "x"
  end } }
  local there = {
    ["poe"] = names_of(poe, module),
    ["poe.sockets"] = names_of(poe.socket),
    ["poe.Socket"] = names_of(methods(socket)),
    ["poe.Session"] = names_of(poe.Session, methods(session)),
    ["poe.Kernel"] = names_of(methods(poe.KERNEL)),
    ["poe.Postback"] = names_of(methods(postback)),
  }
  there.poe.editor, there.poe.why = nil, nil -- the library's own
  postback:release()
  return there
end

describe("meta.lua", function()
  it("declares what there is, and nothing else", function(expect)
    local declared = declarations()
    for class, names in pairs(what_there_is()) do
      expect(class .. "\n" .. difference(declared[class] or {}, names), class .. "\n")
    end
  end)

  it("declares the globals of the program", function(expect)
    local globals = declarations().globals
    local env = poe.globals {}
    for name in pairs(env) do
      if name ~= "poe" then expect(globals[name] ~= nil and name, name) end
    end
    -- the dynamic ones are where a handler, and a machine's, finds them
    poe.NFA.spawn { inline_states = { s = { go = function(...)
      for name in pairs(globals) do
        if not name:find "^CALLER" then expect(env[name] ~= nil and name, name) end
      end
      MACHINE:stop()
    end } }, runstate = {} }:goto_state("s", "go")
  end)

  it("has the parameters of what is written in Lua", function(expect)
    local declared = declarations()
    for class, names in pairs(what_there_is()) do
      for name, value in pairs(names) do
        local params = declared[class] and declared[class][name]
        local info = type(value) == "function" and debug.getinfo(value, "Su")
        if params and info and info.what == "Lua" then
          local list = {}
          for i = 1, info.nparams do
            local param = debug.getlocal(value, i)
            if i > 1 or (param ~= "self" and param ~= "session") or class == "poe" then list[#list + 1] = param end
          end
          if info.isvararg then list[#list + 1] = "..." end
          expect(class .. "." .. name .. "(" .. params .. ")",
            class .. "." .. name .. "(" .. table.concat(list, ", ") .. ")")
        end
      end
    end
  end)
end)

--- Whether a function's definition has an annotation above it, and which parameters that misses or invents.
local function annotation(value, sources)
  local info = debug.getinfo(value, "Su")
  local path = "lua/" .. info.short_src
  sources[path] = sources[path] or lines_of(path)
  local lines, at = sources[path], info.linedefined - 1
  local text = {}
  while lines[at] and lines[at]:match "^%s*%-%-%-" do
    table.insert(text, 1, lines[at])
    at = at - 1
  end
  if #text == 0 then return "no annotation" end
  local all = table.concat(text, "\n")
  if all:find "@private" or all:find "@package" or all:find "@type fun" then return end
  local named = {}
  for name in all:gmatch "@param ([%w_.]+)" do named[name] = true end
  for i = 1, info.nparams do
    local param = debug.getlocal(value, i)
    if param ~= "self" and param ~= "_" and not named[param] then return "does not tell " .. param end
    named[param] = nil
  end
  named["..."] = nil
  local extra = next(named)
  return extra and "tells " .. extra .. ", which is no parameter"
end

--- Whether the source names a class's function where an editor that runs nothing sees it.
local function seen(source, class, name)
  return source:find(("function %s[:.]%s%%("):format(class, name))
    or source:find(("%%f[%%w]%s%%.%s%%f[^%%w_][%%w_., ]*="):format(class, name))
    or source:find(("@field %s fun"):format(name))
end

describe("what is written in Lua", function()
  for _, folder in ipairs { "wheel", "filter", "driver", "component/server", "component/client" } do
    it("is annotated: poe." .. folder:gsub("/", "."), function(expect)
      local classes = 0
      for path in io.popen("ls " .. LIBRARY .. folder .. "/*.lua"):lines() do
        local name, sources = path:match "([^/]+)%.lua$", {}
        local class = poe
        for part in (folder .. "/" .. name):gmatch "[^/]+" do class = class[part] end
        classes = classes + 1
        local source = io.open(path):read "a"
        for key, value in pairs(class) do
          if type(value) == "function" and not key:find "^__" then
            expect(("%s.%s: %s"):format(name, key, seen(source, name, key) and "seen" or "no editor finds it"),
              ("%s.%s: seen"):format(name, key))
          end
          if type(value) == "function" and not key:find "^__" and debug.getinfo(value, "S").what == "Lua" then
            expect(("%s.%s: %s"):format(name, key, annotation(value, sources) or "fine"),
              ("%s.%s: fine"):format(name, key))
          end
        end
      end
      expect(classes > 0, true)
    end)

    it("is a field of its parent's class: poe." .. folder:gsub("/", "."), function(expect)
      local parent, fields = folder:match "[^/]+", {}
      local group = folder:match "/(.+)$"
      for _, line in ipairs(lines_of(LIBRARY .. parent .. ".lua")) do
        local name = line:match "^%-%-%-@field ([%w_]+)"
        if name then fields[name] = line end
      end
      if group then
        expect(fields[group] ~= nil, true)
        return
      end
      for path in io.popen("ls " .. LIBRARY .. folder .. "/*.lua"):lines() do
        local name = path:match "([^/]+)%.lua$"
        expect(fields[name] and name, name)
      end
    end)
  end
end)

describe("poe(7)", function()
  it("names every function of the module, of the kernel and of sessions", function(expect)
    local manual = io.open "spec/man/poe.7":read "a"
    local there = what_there_is()
    for class, prefix in pairs { poe = "poe.", ["poe.Kernel"] = "KERNEL:", ["poe.Session"] = "session:" } do
      for name, value in pairs(there[class]) do
        if type(value) == "function" then
          local told = manual:find("Fn " .. prefix .. name .. "%f[^%w_]")
            or manual:find("Fn " .. name .. "%f[^%w_]") or manual:find("Fn poe.Session." .. name .. "%f[^%w_]")
          expect(told and name, name)
        end
      end
    end
  end)

  it("names no function of the kernel that there is not", function(expect)
    local manual = io.open "spec/man/poe.7":read "a"
    local kernel = methods(poe.KERNEL)
    for name in manual:gmatch "Fn KERNEL:([%w_]+)" do expect(kernel[name] and name, name) end
    for name in manual:gmatch "Fn poe%.([%l_]+)%f[ \n]" do expect(poe[name] ~= nil and name, name) end
  end)
end)
