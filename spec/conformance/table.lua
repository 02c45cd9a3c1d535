--- The table of README.md: which pairs show which rule, and why the others have none.
---   lua5.4 spec/conformance/table.lua         writes it anew
---   lua5.4 spec/conformance/table.lua check   complains when it is stale, or a rule has neither
--- A pair's rules are those of its first line, `-- R1 R2: what it shows`.
local folder = arg[0]:match "^(.*)/[^/]*$" or "."
local LAST = 253 --- the kernel's rules; those of wheels and filters are listed when a pair names them

--- Why rules have no pair.
local reasons = {
  { "R10", "differs: a session without `_start` starts" },
  { "R14", "POE has no order here" },
  { "R26", "differs: an event without a name raises" },
  { "R34", "differs: chains of past alarms are bounded" },
  { "R37", "Perl's contexts" },
  { "R40", "Perl's constants" },
  { "R47", "`errno`" },
  { "R53", "differs: `call` of a failing handler returns `nil, message, \"DIE\"`" },
  { "R96", "how POE's loop ends inside; what is seen of it is R86 to R92" },
  { "R102", "differs: an alarm's ID names alarms only" },
  { "R106", "differs: an alarm moved forward wakes the loop" },
  { "R112", "differs: a delay that is not a number raises" },
  { "R141", "nothing to tell: what `sig` returns in POE is of no use" },
  { "R168-R169", "`CATCH_EXCEPTIONS` is not offered: `pcall` is" },
  { "R171", "Perl's `$SIG{__DIE__}`" },
  { "R172-R189", "waits for handles" },
  { "R198 R238-R239", "not offered: `fork`, and IDs that tell processes apart" },
  { "R203", "differs: the kernel is always there" },
  { "R234", "differs: `run` in a handler raises" },
}

local function read(path)
  local f <close> = assert(io.open(path, "rb"))
  return f:read "a"
end

local complaints = {}
local function complain(...)
  complaints[#complaints + 1] = string.format(...)
end

--- Rule -> names of pairs, in the order of their names.
local function read_pairs()
  local names, of_rule = {}, {}
  local list <close> = assert(io.popen("ls " .. folder))
  for file in list:lines() do
    names[#names + 1] = file:match "^(.*)%.pl$"
  end
  for _, name in ipairs(names) do
    local path = folder .. "/" .. name
    local title = read(path .. ".pl"):match "^# ([^\n]*)"
    local rules = (title or ""):match "^([R%d ]+): "
    if not rules then
      complain("%s.pl: first line must be '# R1 R2: what it shows', got '%s'", name, tostring(title))
    elseif read(path .. ".lua"):match "^%-%- ([^\n]*)" ~= title then
      complain("%s.lua: first line must be that of %s.pl, '-- %s'", name, name, title)
    end
    local seen = {}
    for rule in (rules or ""):gmatch "R(%d+)" do
      rule = tonumber(rule)
      of_rule[rule] = of_rule[rule] or {}
      if not seen[rule] then table.insert(of_rule[rule], name) end
      seen[rule] = true
    end
  end
  return of_rule
end

--- Those of `rules`, "R1 R4-R6", that `want` is true of; as text of the same kind, and a set.
local function some(rules, want)
  local text, set = {}, {}
  for part in rules:gmatch "%S+" do
    local first, last = part:match "^R(%d+)%-R(%d+)$"
    first = tonumber(first or part:match "^R(%d+)$")
    last = tonumber(last) or first
    local from
    for rule = first, last + 1 do
      if rule <= last and want(rule) then
        from = from or rule
        set[rule] = true
      elseif from then
        text[#text + 1] = from == rule - 1 and "R" .. from or ("R%d-R%d"):format(from, rule - 1)
        from = nil
      end
    end
  end
  return table.concat(text, ", "), set
end

local function table_text(of_rule)
  local rules = {}
  for rule in pairs(of_rule) do rules[#rules + 1] = rule end
  table.sort(rules)
  local lines, explained = { "| rule | pairs |", "|-|-|" }, {}
  for _, rule in ipairs(rules) do
    lines[#lines + 1] = ("| R%d | `%s` |"):format(rule, table.concat(of_rule[rule], "`, `"))
  end
  lines[#lines + 1] = "\n| rule | why it has no pair |\n|-|-|"
  for _, reason in ipairs(reasons) do
    local text, set = some(reason[1], function(rule) return not of_rule[rule] end)
    if text == "" then
      complain("table.lua: %s has pairs now and needs no reason", reason[1])
    else
      lines[#lines + 1] = ("| %s | %s |"):format(text, reason[2])
    end
    for rule in pairs(set) do explained[rule] = true end
  end
  for rule = 1, LAST do
    if not of_rule[rule] and not explained[rule] then
      complain("R%d has neither a pair nor, in table.lua, a reason", rule)
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

local path = folder .. "/README.md"
local old = read(path)
local head = assert(old:match "^(.-)| rule | pairs |", path .. ": the table is not there")
local new = head .. table_text(read_pairs())
if arg[1] ~= "check" then
  local f <close> = assert(io.open(path, "wb"))
  f:write(new)
elseif new ~= old then
  complain("README.md is stale: run `lua5.4 %s`", arg[0])
end
for _, complaint in ipairs(complaints) do
  io.stderr:write(complaint, "\n")
end
os.exit(#complaints == 0)
