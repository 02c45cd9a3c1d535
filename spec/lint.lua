--- No warning, anywhere: compilers, analysers, and the walls of the house.  Run by `make lint`.
---   lua5.4 spec/lint.lua
local pool = dofile "spec/pool.lua"
local failed, passed = 0, 0

local function output_of(command)
  local pipe <close> = assert(io.popen(command .. " 2>&1"))
  local text = pipe:read "a"
  local ok = pipe:close()
  return text, ok
end

--- One check: passes when `complaint` is empty.
local function check(name, complaint)
  complaint = complaint:gsub("%s+$", "")
  if complaint == "" then
    passed = passed + 1
    print("ok " .. name)
  else
    failed = failed + 1
    print("not ok " .. name .. "\n  " .. complaint:gsub("\n", "\n  "))
  end
end

local function lines(command)
  local list = {}
  for line in output_of(command):gmatch "[^\n]+" do list[#list + 1] = line end
  return list
end

local function flags(package)
  return (output_of("pkg-config --cflags " .. package):gsub("%s+$", ""))
end

local c_files = lines "git ls-files -co --exclude-standard -- 'runtime/*.c' 'bindings/*.c' 'spec/*.c'"
local library_files = lines "git ls-files -co --exclude-standard -- 'runtime/*.c' 'bindings/*.c'"
local lua_files = lines "git ls-files -co --exclude-standard -- 'lua/*.lua' 'spec/*.lua'"
-- -idirafter: a host says <poelib.h>, and <signal.h> is not runtime/signal.h.
local c_flags = "-std=c11 -D_GNU_SOURCE -iquote runtime -iquote bindings -iquote spec "
  .. "-idirafter runtime -idirafter bindings "
  .. flags "lua5.4" .. " " .. flags "libuv" .. " " .. flags "check"
local warnings = "-Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes "
  .. "-Wpointer-arith -Wwrite-strings -Wvla"

-- C ------------------------------------------------------------------------------------------

local tidy = "bugprone-*,clang-analyzer-*,performance-*,-bugprone-easily-swappable-parameters,"
  .. "-bugprone-reserved-identifier,-bugprone-assignment-in-if-condition,"
  .. "-clang-analyzer-security.insecureAPI.*,-bugprone-narrowing-conversions,"
  .. "-bugprone-multi-level-implicit-pointer-conversion,-performance-no-int-to-ptr,"
  .. "-clang-analyzer-optin.performance.Padding,-bugprone-signal-handler,"
  .. "-bugprone-sizeof-expression,-bugprone-integer-division,-bugprone-signed-char-misuse,"
  .. "-clang-analyzer-core.UndefinedBinaryOperatorResult,"
  .. "-clang-analyzer-valist.Uninitialized" -- clang 14 sees va_start not at all after a loop

-- A command per file, the slow ones first; a check has what was said of its files, in their order.
local commands, ended, checks = {}, {}, {}
local function look(name, command, files)
  local said = {}
  checks[#checks + 1] = { name = name, said = said }
  for i, file in ipairs(files) do
    local log = os.tmpname()
    commands[#commands + 1] = ("%s >%s 2>&1"):format(command:format(file), log)
    said[i] = file .. " was not looked at\n"
    ended[#commands] = function(ok)
      local f <close> = assert(io.open(log))
      said[i] = f:read "a":gsub("%d+ warnings? generated%.\n", "")
        :gsub("Suppressed %d+[^\n]*\n", ""):gsub("Use %-header%-filter[^\n]*\n?", "")
      if not ok then said[i] = said[i] .. file .. " failed\n" end
      os.remove(log)
    end
  end
end

look("clang-tidy", ("clang-tidy --quiet --checks=-*,%s --warnings-as-errors=* %%s -- %s"):format(tidy, c_flags),
  library_files)
for _, cc in ipairs { "gcc", "clang" } do
  for _, define in ipairs { "", "-DPOE_TORTURE" } do
    look(cc .. " " .. define .. " has nothing to say",
      ("%s -O2 -fsyntax-only %s %s %s %%s"):format(cc, c_flags, warnings, define), c_files)
  end
end
pool(commands, function(i, ok) ended[i](ok) end)
for _, one in ipairs(checks) do check(one.name, table.concat(one.said)) end
check("cppcheck", output_of("cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr "
  .. "--suppress=missingIncludeSystem --error-exitcode=1 -D__x86_64__ runtime bindings"))

-- the walls ----------------------------------------------------------------------------------

local wall = {}
for _, file in ipairs(lines "git ls-files -co --exclude-standard -- runtime") do
  local f <close> = assert(io.open(file))
  for include in f:read "a":gmatch '#%s*include%s*[<"]([^>"]+)' do
    if include:match "^l?ua" or include:match "lauxlib" then
      wall[#wall + 1] = file .. " includes " .. include
    end
  end
end
check("runtime/ has never heard of Lua", table.concat(wall, "\n"))

local symbols, data = {}, {}
for _, line in ipairs(lines "nm -g --defined-only build/debug/runtime/*.o build/debug/bindings/*.o") do
  local kind, name = line:match "^%x+ (%a) (%S+)"
  if kind and not (name:match "^l?poe_" or name:match "^l?poe__" or name:match "^lpoe_"
      or name:match "^poelib_" or name == "luaopen_poe" or name == "main") then
    symbols[#symbols + 1] = name
  end
end
check("every exported symbol has our prefix", table.concat(symbols, "\n"))
for _, line in ipairs(lines "objdump -t build/debug/runtime/*.o build/debug/bindings/*.o") do
  local section, name = line:match "O (%.%S+)%s+%x+%s+(%S+)$"
  if (section == ".data" or section == ".bss") and name ~= "process" then -- not .data.rel.ro
    data[#data + 1] = section .. " " .. name
  end
end
check("no variables in C outside main.c's one", table.concat(data, "\n"))

-- Lua ----------------------------------------------------------------------------------------

local known = {}
for name in ([[assert collectgarbage coroutine debug error getmetatable io ipairs load math next os
  package pairs pcall print rawequal rawget rawlen rawset require select setmetatable string table
  tonumber tostring type utf8 warn xpcall arg dofile loadfile _G _VERSION _ENV poe KERNEL SESSION HEAP
  SENDER STATE EVENT CALLER_STATE CALLER_FILE CALLER_LINE RUNSTATE MACHINE post yield call
  describe it run_poe]]):gmatch "%S+" do
  known[name] = true
end

local globals = {}
for _, file in ipairs(lua_files) do
  local listing, ok = output_of("luac5.4 -l -p " .. file)
  if not ok then globals[#globals + 1] = listing end
  local library = file:match "^lua/poe/" and file ~= "lua/poe/meta.lua" -- which declares them, and never runs
  for line, op, name in listing:gmatch '%[(%d+)%]%s+([GS]ETTABUP)[^\n]*_ENV "([^"]+)"' do
    if op == "SETTABUP" and library then
      globals[#globals + 1] = ("%s:%s sets the global %s"):format(file, line, name)
    elseif op == "GETTABUP" and not known[name] and (library or file:match "^spec/[^/]+%.lua") then
      globals[#globals + 1] = ("%s:%s reads the global %s"):format(file, line, name)
    end
  end
end
check("Lua files use only known globals", table.concat(globals, "\n"))

-- the manual ---------------------------------------------------------------------------------

output_of "make --no-print-directory build/poe.3"
-- Our own pages are not installed where mandoc would look for them.
check("mandoc", (output_of "mandoc -Tlint spec/man/poe.1 build/poe.3 spec/man/poe.7"
  :gsub("[^\n]*STYLE: referenced manual not found: Xr poe [137][^\n]*\n", "")))

local long = {}
for _, file in ipairs(lines "git ls-files -co --exclude-standard -- '*.c' '*.h' '*.lua' '*.md' 'spec/man/*' Makefile") do
  local n = 0
  for line in io.lines(file) do
    n = n + 1
    if line:find "[ \t]+$" then long[#long + 1] = ("%s:%d ends in blanks"):format(file, n) end
    if line:find "\t" and file ~= "Makefile" then long[#long + 1] = ("%s:%d has a tab"):format(file, n) end
  end
end
check("the table of conformance pairs", output_of "lua5.4 spec/conformance/table.lua check")
check("no tabs, no blanks at line ends", table.concat(long, "\n"))

print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0)
