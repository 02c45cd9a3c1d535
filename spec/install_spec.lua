--- What `make install` installs, and that programs can be built with it and nothing else.
---   lua5.4 spec/install_spec.lua [FLAVOUR]
--- For release: the list of files, uninstall, the ABI, poe.pc, the headers, `require "poe"` of a stock lua5.4.
--- For each flavour: every host in bindings/examples, as C and as C++, dynamic and with libpoe.a; where it has a
--- NAME.out, that is what it prints.
local flavour = arg[1] or "release"
local release = flavour == "release"
local passed, failed = 0, 0

local function slurp(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- What a command prints on both outputs, and its exit status.
local function output_of(command)
  local pipe <close> = assert(io.popen("( " .. command .. " ) 2>&1 </dev/null; echo status $?"))
  local text, status = pipe:read "a":match "^(.-)status (%d+)\n$"
  return text, tonumber(status)
end

local function check(name, ok, found)
  if ok then
    passed = passed + 1
  else
    failed = failed + 1
    print("not ok " .. name .. "\n  " .. tostring(found):gsub("%s+$", ""):gsub("\n", "\n  "))
  end
  return ok
end

--- A command that must succeed; returns what it prints.
local function run(name, command)
  local text, status = output_of(command)
  check(name, status == 0, ("%s\n%s\nstatus %d"):format(command, text, status))
  return text
end

local function equal(name, found, expected)
  return check(name, found == expected, ("expected:\n%s\nfound:\n%s"):format(expected, found))
end

local function lines_of(text)
  local list = {}
  for line in text:gmatch "[^\n]+" do list[#list + 1] = line end
  return list
end

--- Two lists, a line each, in any order.
local function same_lines(name, found, expected)
  local count, list = {}, {}
  for _, line in ipairs(lines_of(found)) do count[line] = (count[line] or 0) + 1 end
  for _, line in ipairs(lines_of(expected)) do count[line] = (count[line] or 0) - 1 end
  for line, n in pairs(count) do
    if n ~= 0 then list[#list + 1] = (n > 0 and "+ " or "- ") .. line end
  end
  table.sort(list)
  check(name, #list == 0, table.concat(list, "\n"))
end

local here = output_of "pwd":match "[^\n]+"
local build = ("%s/build/%s/install"):format(here, flavour)
local prefix = build .. "/prefix"
run("a clean place", ("rm -rf %s && mkdir -p %s/bin"):format(quote(build), quote(build)))

--- Make as a user would call it: not as a part of the make that may run this.
local function make(what, variables)
  return run("make " .. what, ("env -u MAKEFLAGS -u MAKELEVEL make --no-print-directory INSTALL=no FLAVOUR=%s %s %s")
    :format(flavour, variables, what))
end

make("install", "PREFIX=" .. quote(prefix))
local environment = ("PKG_CONFIG_PATH=%s LD_LIBRARY_PATH=%s "):format(quote(prefix .. "/lib/pkgconfig"),
  quote(prefix .. "/lib"))
local function config(what)
  return (run("pkg-config " .. what, environment .. "pkg-config " .. what .. " poe"):gsub("%s+$", ""))
end

-- what is installed --------------------------------------------------------------------------

local function installing()
  local stage = build .. "/stage"
  make("install", "PREFIX=/usr DESTDIR=" .. quote(stage))
  local found = run("find", ("cd %s && find . -type f -o -type l"):format(quote(stage))):gsub("%./usr/", "")
  local annotated = run("git", "git ls-files -co --exclude-standard -- lua/poe"):gsub("%f[^\0\n]lua/", "share/poe/lua/")
  same_lines("what is installed is in spec/abi/installed.txt, and the annotated library",
    found, slurp "spec/abi/installed.txt" .. annotated)
  check("no file tells where it was staged", select(2, output_of(("grep -rl %s %s/usr/lib/pkgconfig")
    :format(quote(stage), quote(stage)))) == 1, "poe.pc does")

  -- what is somebody else's stays
  run("a neighbour", ("touch %s/usr/lib/neighbour.so"):format(quote(stage)))
  make("uninstall", "PREFIX=/usr DESTDIR=" .. quote(stage))
  equal("uninstall leaves nothing but that", run("find", ("cd %s && find ."):format(quote(stage))),
    ".\n./usr\n./usr/lib\n./usr/lib/neighbour.so\n")
end

-- the ABI --------------------------------------------------------------------------------------

local function exported(file)
  local symbols = {}
  for line in run("nm " .. file, "nm -D --defined-only " .. quote(file)):gmatch "[^\n]+" do
    symbols[#symbols + 1] = line:match "%S+ (%S+)$"
  end
  return table.concat(symbols, "\n")
end

--- Names of the functions that a header declares, whether they are marked for export or not.
local function declared(path, names)
  local text = slurp(path):gsub("/%*.-%*/", ""):gsub("#[^\n]*", ""):gsub('extern "C" {', "")
    :gsub("%b{}", ";"):gsub("POE_API ", "")
  for declaration in text:gmatch "[^;{}]+;" do
    local name = not declaration:find "typedef" and declaration:match "([%w_]+)%s*%("
    if name then names[#names + 1] = name end
  end
end

local function abi()
  local library = prefix .. "/lib/libpoe.so.0"
  local symbols = exported(library)
  same_lines("libpoe.so.0 exports what spec/abi/libpoe.symbols lists: a change of the ABI is meant",
    symbols, slurp "spec/abi/libpoe.symbols")
  local names = {}
  declared("runtime/poe.h", names)
  declared("bindings/poelib.h", names)
  same_lines("which is what the headers declare", table.concat(names, "\n"), symbols)
  equal("poe.so exports its entry alone", exported(prefix .. "/lib/lua/5.4/poe.so"), "luaopen_poe")
  local dynamic = run("readelf", "readelf -d " .. quote(library))
  check("its soname is libpoe.so.0", dynamic:find("soname: [libpoe.so.0]", 1, true), dynamic)
  check("it asks for Lua by its soname", dynamic:find "NEEDED[^\n]*liblua5%.4%.so%.0", dynamic)
  dynamic = run("readelf", ("readelf -d %s/lib/lua/5.4/poe.so"):format(quote(prefix)))
  check("poe.so brings no Lua of its own", not dynamic:find "NEEDED[^\n]*lua", dynamic)
end

--- What would end, print to or change the host's process, where a host has not asked for it.
local NEVER <const> = { "exit", "abort", "atexit", "printf", "vprintf", "puts", "putchar", "perror", "signal", "raise",
  "system", "setlocale", "umask", "setenv", "longjmp" }

local function manners()
  local called = {}
  for name in run("nm", "nm -u " .. quote(prefix .. "/lib/libpoe.a")):gmatch "U ([%w_]+)" do
    called[name:gsub("^__", ""):gsub("_chk$", "")] = true
  end
  check("libpoe.a calls the C library at all", called.write and called.memcpy)
  for _, name in ipairs(NEVER) do check("libpoe.a does not call " .. name, not called[name]) end
end

-- versions, headers --------------------------------------------------------------------------

local function versions()
  local version = slurp "runtime/poe.h":match '#define POE_VERSION "([^"]+)"'
  equal("poe.pc tells the version", config "--modversion", version)
  local printed = run("poe -v", quote(prefix .. "/bin/poe") .. " -v")
  check("poe -v tells it", printed:find("poe " .. version .. "  Lua", 1, true) == 1, printed)
  local rockspec = output_of "ls bindings/*.rockspec":match "[^\n]+"
  check("the rockspec tells it", slurp(rockspec):find(('version = "%s-'):format(version), 1, true), rockspec)
end

local function headers()
  local warnings = "-Wall -Wextra -Wpedantic -Werror -Wstrict-prototypes "
  for _, header in ipairs { "poe.h", "poelib.h" } do
    for compiler, language in pairs { ["cc -std=c11 " .. warnings] = "c",
        ["g++ -std=c++11 " .. warnings:gsub("%-Wstrict%-prototypes ", "")] = "c++" } do
      run(header .. " alone is good " .. language, ("echo '#include <%s>' | %s -fsyntax-only -x %s %s -")
        :format(header, compiler, language, config "--cflags"))
    end
  end
end

-- stock lua5.4 -------------------------------------------------------------------------------

local function lua(text)
  return output_of(("LUA_INIT= LUA_INIT_5_4= LUA_CPATH=%s timeout 20 lua5.4 -e %s"):format(
    quote(prefix .. "/lib/lua/5.4/?.so"), quote(text)))
end

local function module()
  equal("require 'poe' and KERNEL:run() in a stock lua5.4", lua [[
    local poe = require "poe"
    assert(post == nil and KERNEL == nil) -- no globals, until asked for
    poe.Session.create { inline_states = {
      _start = function() print "started" poe.KERNEL:delay("done", 0.01, "bye") end,
      done   = function(word) print(word) end,
      _stop  = function() print "stopped" end,
    } }
    print "created"
    poe.KERNEL:run()
    print "run has returned" ]], "started\ncreated\nbye\nstopped\nrun has returned\n")
  equal("without run nothing more happens, and sessions are stopped with the state", lua [[
    local poe = require "poe"
    poe.Session.create { inline_states = {
      _start = function() poe.post(poe.SESSION, "never") end,
      never  = function() print "never" end,
      _stop  = function() print "stopped" end,
    } }
    print "the end" ]], "the end\nstopped\n")
  equal("poe.globals() gives the names of a script", lua [[
    require "poe".globals()
    poe.Session.create { inline_states = {
      _start = function() yield("next", SESSION:ID()) end,
      next   = function(id) print(id == SESSION:ID(), STATE) end,
    } }
    KERNEL:run() ]], "true\tnext\n")
  local text, status = lua [[
    require "poe".globals()
    poe.Session.create { inline_states = { _start = function() yield "fail" end, fail = function() error "no" end } }
    print(pcall(KERNEL.run, KERNEL))
    KERNEL:run() ]]
  check("an error nobody handled is raised by run", status == 0 and text:find "^false\t[^\n]*no\n", text)
  equal("the library is found in it", lua [[
    require "poe"
    print(type(require "poe.filter.Line".new)) ]], "function\n")
  local waiting = lua [[ print(pcall(require "poe".sleep, 0.01)) ]]
  check("its main chunk cannot wait, and hears so", waiting:find "^false\t.*wait", waiting)

  -- the same by the rockspec, from nobody's network
  local rocks = build .. "/rocks"
  run("luarocks make", ("env -u MAKEFLAGS -u MAKELEVEL HOME=%s luarocks --lua-version 5.4 make --deps-mode none --tree %s %s")
    :format(quote(build), quote(rocks), output_of "ls bindings/*.rockspec":match "[^\n]+"))
  equal("the rock works", output_of(("LUA_CPATH=%s lua5.4 -e 'print(require [[poe]].KERNEL:ID())'")
    :format(quote(rocks .. "/lib/lua/5.4/?.so"))), "1\n")
end

-- hosts --------------------------------------------------------------------------------------

--- Sanitized libraries want sanitized programs.
local sanitize = flavour == "asan" and "-fsanitize=address,undefined -fno-sanitize-recover=all " or ""
local patience = ({ release = 30, debug = 60, asan = 120, torture = 600 })[flavour] or 120

local function host(source)
  local name, extension = source:match "([^/]+)%.(%w+)$"
  local expected = io.open(("bindings/examples/%s.out"):format(name))
  local promised = expected and expected:read "a"
  if expected then expected:close() end
  -- the linker takes libpoe.a where there is no libpoe.so beside it
  local archive = build .. "/archive"
  os.execute(("mkdir -p %s && ln -sf %s/lib/libpoe.a %s"):format(quote(archive), quote(prefix), quote(archive)))
  local ways = {
    { "C++", "g++ -std=c++17 -D_GNU_SOURCE -Wall -Wextra ", extension == "c" and "-x c++ " or "",
      config "--cflags --libs" },
  }
  if extension == "c" then
    table.insert(ways, 1, { "C", "cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic ", "",
                            config "--cflags --libs" })
    ways[#ways + 1] = { "C with libpoe.a", "cc -std=c11 -D_GNU_SOURCE -Wall -Wextra ", "",
                        "-L" .. quote(archive) .. " " .. config "--static --cflags --libs" }
  end
  for i, way in ipairs(ways) do
    local title = ("%s as %s"):format(name, way[1])
    local program = quote(("%s/bin/%s-%d"):format(build, name, i))
    local text, status = output_of(("%s%s-g -Werror %s%s -x none -o %s %s")
      :format(way[2], sanitize, way[3], source, program, way[4]))
    if check(title .. " is built", status == 0, text) then
      text, status = output_of(("%stimeout %d %s"):format(environment, patience, program))
      check(title .. " exits with 0", status == 0, ("status %d\n%s"):format(status, text))
      if promised then equal(title .. " prints its " .. name .. ".out", text, promised) end
      local needed = output_of("readelf -d " .. program):find("libpoe.so.0", 1, true)
      check(title .. " is linked so", not needed == (way[1] == "C with libpoe.a"), way[1])
      if release and way[1] == "C" then
        text, status = output_of(environment .. "timeout 300 valgrind -q --error-exitcode=9 --leak-check=full "
          .. "--errors-for-leak-kinds=definite,possible " .. program)
        check(title .. " is clean under valgrind", status == 0, text)
      end
    end
  end
end

if release then
  installing()
  abi()
  manners()
  versions()
  headers()
  module()
end
for _, source in ipairs(lines_of((output_of "ls bindings/examples/*.c bindings/examples/*.cc 2>/dev/null"))) do
  host(source)
end

print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and passed > 0)
