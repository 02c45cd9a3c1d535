--- Runs the conformance pairs: each NAME.lua must print what real POE printed, NAME.out.
---   lua5.4 spec/conformance/run.lua POE [NAME...]
local poe = assert(arg[1], "usage: lua5.4 spec/conformance/run.lua POE [NAME...]")
local folder = arg[0]:match "^(.*)/[^/]*$"
local passed, failed = 0, 0

local names = { table.unpack(arg, 2) }
if #names == 0 then
  if not os.execute(("lua5.4 %s/table.lua check"):format(folder)) then
    failed = failed + 1
    print "not ok table.lua check"
  end
  local pipe <close> = assert(io.popen("ls " .. folder))
  for file in pipe:lines() do
    names[#names + 1] = file:match "^(.*)%.pl$"
  end
end

local function read(path)
  local f <close> = assert(io.open(path, "rb"))
  return f:read "a"
end

--- The first line in which the two differ.
local function difference(expected, got)
  local want, have = expected:gmatch "([^\n]*)\n?", got:gmatch "([^\n]*)\n?"
  for n = 1, 1e6 do
    local a, b = want(), have()
    if a ~= b then
      return ("line %d: expected %s, got %s"):format(n, tostring(a), tostring(b))
    end
  end
end

local log = os.tmpname()
for _, name in ipairs(names) do
  local path = folder .. "/" .. name
  os.execute(("exec timeout 60 %s %s.lua >%s 2>%s.err </dev/null"):format(poe, path, log, log))
  local expected, got = read(path .. ".out"), read(log)
  if expected == got and expected ~= "" then
    passed = passed + 1
    print("ok " .. name)
  else
    failed = failed + 1
    print(("not ok %s\n  %s\n  stderr: %s"):format(name, difference(expected, got),
      read(log .. ".err"):gsub("\n", "\n  ")))
  end
end
os.remove(log)
os.remove(log .. ".err")
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0)
