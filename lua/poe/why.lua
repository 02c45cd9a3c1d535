--- Why is this session still there?  Words for what keeps a session.
local core = ...
local kernel = core.kernel
local KERNEL = core.KERNEL

local function seconds(s)
  if s == math.huge then return "never" end
  if s <= 0 then return "due now" end
  return ("due in %.1f s"):format(s)
end

local function join(list, format, total)
  local words = {}
  for i, value in ipairs(list) do words[i] = format(value) end
  if total and total > #list then words[#words + 1] = "..." end
  return table.concat(words, ", ")
end

local function quoted(name)
  return "'" .. tostring(name) .. "'"
end

--- The reasons in the order they are told.  Each gives a detail for a count of its kind.
local details = {
  { "event", function(r) return join(r.events, quoted, r.event) end },
  { "timer", function(r)
    table.sort(r.timers, function(a, b) return a[2] < b[2] end)
    return join(r.timers, function(t) return quoted(t[1]) .. " " .. seconds(t[2]) end, r.timer)
  end },
  { "handle", function() return "" end },
  { "wheel", function() return "" end },
  { "child", function(r)
    return join(r.children, function(id) return "session " .. id end, r.child)
  end },
  { "pid", function(r) return join(r.pids, tostring, r.pid) end },
  { "refcount", function(r)
    local tags = {}
    for tag, count in pairs(r.tags) do
      if count > 0 then tags[#tags + 1] = ("%s: %d"):format(quoted(tag), count) end
    end
    table.sort(tags)
    return table.concat(tags, ", ")
  end },
  { "postback", function() return "" end },
  { "suspended", function() return "" end },
}

--- What keeps the session: a list of `{kind, count, detail}`, the fields by these names too; kind is
--- `event`, `timer`, `handle`, `wheel`, `child`, `pid`, `refcount`, `postback`, `suspended` or `alias`.
--- An empty list: it ends with this slice, or has stopped.
---@param session poe.Session
---@return { kind: string, count: integer, detail: string }[]
local function why(session)
  local reasons = core.reasons(session)
  local list = {}
  if not reasons then return list end

  local function add(kind, count, detail)
    list[#list + 1] = { kind, count, detail, kind = kind, count = count, detail = detail }
  end
  reasons.refcount = 0
  for _, count in pairs(reasons.tags) do
    if count > 0 then reasons.refcount = reasons.refcount + count end
  end
  for _, entry in ipairs(details) do
    local kind, detail = entry[1], entry[2]
    if reasons[kind] > 0 then add(kind, reasons[kind], detail(reasons)) end
  end
  if reasons.sent > 0 then add("event", reasons.sent, "sent to others, not handled yet") end
  if reasons.alias > 0 then
    add("alias", reasons.alias, join(kernel.alias_list(KERNEL, session), quoted))
  end
  return list
end

local plural = { refcount = "refcounts", alias = "aliases", child = "children", suspended = "suspended" }

--- One line: "session 7 (logger): 1 timer 'flush' due in 3.2 s, 2 handles".
---@param session poe.Session
---@return string
local function line(session)
  local words = {}
  for i, reason in ipairs(why(session)) do
    local word = reason.count == 1 and reason.kind or plural[reason.kind] or reason.kind .. "s"
    words[i] = ("%d %s%s"):format(reason.count, word, reason.detail == "" and "" or " " .. reason.detail)
  end
  return ("%s: %s"):format(session, #words > 0 and table.concat(words, ", ") or "nothing keeps it")
end

--- A line for each live session; the one whose handler runs is told with its event.
---@return string
local function report()
  local lines = {}
  local active, event = kernel.get_active_session(KERNEL), kernel.get_active_event(KERNEL)
  for session in kernel.sessions(KERNEL) do
    local handles = session == active and event and ("; handles '%s' now"):format(event) or ""
    lines[#lines + 1] = line(session) .. handles
  end
  if #lines == 0 then lines[1] = "no sessions" end
  return table.concat(lines, "\n") .. "\n"
end

return { why = why, line = line, report = report }
