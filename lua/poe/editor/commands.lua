--- The editor's commands by the names that keys are bound to.  Each gets the editor and the key.
local require = require or (...).require
local keys = require "poe.editor.keys"
local unicode = require "poe.editor.unicode"
local byte, find, sub, rep = string.byte, string.find, string.sub, string.rep
local max, min = math.max, math.min
local snap, cluster_end = unicode.snap, unicode.cluster_end

---@type table<string, fun(ed: poe.editor, key: string): any>
local commands = {}
local actions = {} --- what editor.lua calls, and the list of commands

local KILLS <const> = 60

-- places ---------------------------------------------------------------------------------------

--- How many bytes are before the line (of several) that byte `at` is in, and up to its end.
local function line_bounds(text, at)
  local first, from = 0, 1
  if find(text, "\n", 1, true) then
    first = at
    while first > 0 and byte(text, first) ~= 10 do first = first - 1 end
    from = at + 1
  end
  local newline = find(text, "\n", from, true)
  return first, newline and newline - 1 or #text
end

local function after(text, at)
  return at >= #text and at or cluster_end(text, at + 1) - 1
end

local function before(text, at)
  return at <= 0 and 0 or unicode.before(text, at)
end

local WORD <const> = "[%w_\x80-\xff]"
local NOT_WORD <const> = "[^%w_\x80-\xff]"

local function word_end(text, at)
  local from = find(text, WORD, at + 1)
  if not from then return #text end
  local behind = find(text, NOT_WORD, from)
  return behind and behind - 1 or #text
end

--- Back over what `skip` matches, then over what `over` matches.
local function back(text, at, skip, over)
  while at > 0 and find(text, "^" .. skip, at) do at = at - 1 end
  while at > 0 and find(text, "^" .. over, at) do at = at - 1 end
  return at
end

local function word_start(text, at)
  return back(text, at, NOT_WORD, WORD)
end

--- Moves point, or rings when it cannot go there.
local function go(ed, point)
  if point == nil then
    ed:ding()
    return false
  end
  ed.point = point
  return true
end

--- Calls step(text, at) as often as the argument says; rings when it got nowhere.
local function steps(ed, step, opposite)
  local n = ed.count or 1
  if n < 0 then step, n = opposite, -n end
  local at = ed.point
  for _ = 1, n do
    local next_at = step(ed.line, at)
    if next_at == at then break end
    at = next_at
  end
  return go(ed, at ~= ed.point and at or nil)
end

commands["beginning-of-line"] = function(ed)
  ed.point = line_bounds(ed.line, ed.point)
end

commands["end-of-line"] = function(ed)
  local _, last = line_bounds(ed.line, ed.point)
  ed.point = last
end

commands["forward-char"] = function(ed) return steps(ed, after, before) end
commands["backward-char"] = function(ed) return steps(ed, before, after) end
commands["forward-word"] = function(ed) return steps(ed, word_end, word_start) end
commands["backward-word"] = function(ed) return steps(ed, word_start, word_end) end

--- Where `wanted` columns (in clusters) from the beginning of a line is.
local function place_in(text, first, last, wanted)
  for _ = 1, wanted do
    if first >= last then break end
    first = cluster_end(text, first + 1) - 1
  end
  return min(first, last)
end

--- The line above or below in a text of several.  False: there is none.
local function other_line(ed, step)
  local text = ed.line
  local first, last = line_bounds(text, ed.point)
  if step < 0 and first == 0 or step > 0 and last == #text then return false end
  local wanted, at = 0, first
  while at < ed.point do
    at = cluster_end(text, at + 1) - 1
    wanted = wanted + 1
  end
  if ed.last == "up-line-or-history" or ed.last == "down-line-or-history" then
    wanted = max(wanted, ed.goal or 0)
  end
  ed.goal = wanted
  first, last = line_bounds(text, step < 0 and first - 1 or last + 1)
  ed.point = place_in(text, first, last, wanted)
  return true
end

commands["up-line-or-history"] = function(ed, key)
  return other_line(ed, -1) or commands["previous-history"](ed, key)
end

commands["down-line-or-history"] = function(ed, key)
  return other_line(ed, 1) or commands["next-history"](ed, key)
end

--- Searches a character for the next key; `step` 1 or -1, `short`: stops in front of it.
local function char_search(ed, key, step, short, n)
  local text, at = ed.line, ed.point
  local first, last = line_bounds(text, at)
  for i = 1, n or 1 do
    local from = at
    repeat
      if step > 0 then
        from = after(text, from)
        if from >= last then return false end
      else
        if from <= first then return false end
        from = before(text, from)
      end
      local one = sub(text, from + 1, after(text, from))
      -- "t" again would stay where it is
    until one == key and not (short and i == 1 and from == (step > 0 and after(text, at) or before(text, at))
      and ed.repeating)
    at = from
  end
  if short then at = step > 0 and before(text, at) or after(text, at) end
  ed.point = at
  return true
end

local function read_and_search(ed, step)
  local n = ed.count or 1
  if n < 0 then step, n = -step, -n end
  ed.reader = function(self, key)
    if not char_search(self, key, step, false, n) then self:ding() end
  end
end

commands["character-search"] = function(ed) read_and_search(ed, 1) end
commands["character-search-backward"] = function(ed) read_and_search(ed, -1) end

commands["set-mark"] = function(ed)
  ed.mark = ed.point
end

commands["exchange-point-and-mark"] = function(ed)
  if not ed.mark then return ed:ding() end
  ed.mark, ed.point = ed.point, min(ed.mark, #ed.line)
end

-- inserting ------------------------------------------------------------------------------------

commands["self-insert"] = function(ed, key)
  local n = max(ed.count or 1, 1)
  local text = n > 1 and rep(key, min(n, 100000)) or key
  if ed.insert_mode then return ed:insert(text) end
  local at = ed.point
  local from, i = at, 1
  while i <= #text do
    i = cluster_end(text, i)
    if from < #ed.line and byte(ed.line, from + 1) ~= 10 then from = after(ed.line, from) end
  end
  ed:replace(at, from, text)
  ed.point = at + #text
end

commands["quoted-insert"] = function(ed)
  local n = max(ed.count or 1, 1)
  ed.raw = true -- of a key that sends several bytes ESC is taken and the rest stands for itself
  ed.reader = function(self, key)
    if self.search and self.search.incremental then return actions.search_more(self, key) end
    self:insert(rep(key, n))
  end
end

commands["tab-insert"] = function(ed)
  ed:insert(rep("\t", max(ed.count or 1, 1)))
end

commands["overwrite-mode"] = function(ed)
  ed.insert_mode = not ed.insert_mode
end

commands["insert-macro"] = function(ed, key)
  local macro = ed.map.macros[key]
  if not macro then return ed:ding() end
  ed:insert(macro)
end

commands["insert-comment"] = function(ed, key)
  local comment = tostring(ed:option "comment-begin")
  if ed.count and sub(ed.line, 1, #comment) == comment then
    ed:replace(0, #comment, "")
  else
    ed:replace(0, 0, comment)
  end
  return commands["accept-line"](ed, key)
end

--- Text of a bracketed paste.
function actions.pasted(ed, text)
  if ed.search then
    text = text:gsub("\n.*", "")
    return actions.search_more(ed, text)
  elseif ed.map.name == "vi-specification" then
    ed:cancel_modes()
  end
  ed.reader, ed.raw, ed.sequence = nil, nil, ""
  ed.group, ed.joins, ed.last = ed.group + 1, false, "bracketed-paste-begin"
  ed:insert(text)
  ed.group = ed.group + 1
end

commands["bracketed-paste-begin"] = function(ed)
  ed.pasting = {}
end

-- killing --------------------------------------------------------------------------------------

--- Takes text away and into the ring; kills in a row are one text.
local function kill(ed, from, to, backward)
  if from == to then return ed:ding() end
  actions.keep(ed, sub(ed.line, from + 1, to), backward)
  ed:replace(from, to, "")
end

function actions.keep(ed, text, backward)
  local ring = ed.kills
  if ed.killed and ring[1] then
    ring[1] = backward and text .. ring[1] or ring[1] .. text
  else
    table.insert(ring, 1, text)
    ring[KILLS + 1] = nil
  end
  ed.chained = true
end

--- Deletes clusters; with an argument they are kept.
local function delete(ed, step, n)
  local from = ed.point
  local at = from
  for _ = 1, n do at = step(ed.line, at) end
  if at == from then return ed:ding() end
  local first, last = min(at, from), max(at, from)
  if ed.count then return kill(ed, first, last, at < from) end
  ed:replace(first, last, "")
end

commands["delete-char"] = function(ed, key)
  if ed.line == "" and key == "\4" then
    return ed:finish("eot", "^D")
  end
  delete(ed, (ed.count or 1) < 0 and before or after, math.abs(ed.count or 1))
end

commands["backward-delete-char"] = function(ed)
  delete(ed, (ed.count or 1) < 0 and after or before, math.abs(ed.count or 1))
end

local function unix_line_discard(ed)
  local first = line_bounds(ed.line, ed.point)
  if first == ed.point and first > 0 then first = first - 1 end
  kill(ed, first, ed.point, true)
end

commands["kill-line"] = function(ed)
  if (ed.count or 1) < 0 then return unix_line_discard(ed) end
  local _, last = line_bounds(ed.line, ed.point)
  if last == ed.point and last < #ed.line then last = last + 1 end
  kill(ed, ed.point, last)
end

commands["backward-kill-line"] = unix_line_discard
commands["unix-line-discard"] = unix_line_discard

commands["kill-whole-line"] = function(ed)
  kill(ed, 0, #ed.line)
end

local function kill_words(ed, forward)
  local n = ed.count or 1
  if n < 0 then forward, n = not forward, -n end
  local at = ed.point
  for _ = 1, n do at = (forward and word_end or word_start)(ed.line, at) end
  kill(ed, min(at, ed.point), max(at, ed.point), not forward)
end

commands["kill-word"] = function(ed) kill_words(ed, true) end
commands["backward-kill-word"] = function(ed) kill_words(ed, false) end

commands["unix-word-rubout"] = function(ed)
  local at = ed.point
  for _ = 1, max(ed.count or 1, 1) do at = back(ed.line, at, "%s", "%S") end
  kill(ed, at, ed.point, true)
end

local function region(ed)
  if not ed.mark then return nil end
  local mark = snap(ed.line, min(ed.mark, #ed.line))
  return min(mark, ed.point), max(mark, ed.point)
end

commands["kill-region"] = function(ed)
  local from, to = region(ed)
  if not from then return ed:ding() end
  kill(ed, from, to)
end

commands["copy-region-as-kill"] = function(ed)
  local from, to = region(ed)
  if not from or from == to then return ed:ding() end
  actions.keep(ed, sub(ed.line, from + 1, to))
end

commands["delete-horizontal-space"] = function(ed)
  local from, to = ed.point, ed.point
  while from > 0 and find(ed.line, "^[ \t]", from) do from = from - 1 end
  while find(ed.line, "^[ \t]", to + 1) do to = to + 1 end
  ed:replace(from, to, "")
end

commands["yank"] = function(ed)
  if not ed.kills[1] then return ed:ding() end
  local at = ed.point
  ed:insert(ed.kills[1])
  ed.mark, ed.yanked = at, { at = at, size = #ed.kills[1] }
end

commands["yank-pop"] = function(ed)
  local yanked = ed.yanked
  if (ed.last ~= "yank" and ed.last ~= "yank-pop") or not ed.kills[2] then return ed:ding() end
  table.insert(ed.kills, table.remove(ed.kills, 1))
  ed:replace(yanked.at, yanked.at + yanked.size, ed.kills[1])
  yanked.size = #ed.kills[1]
  ed.point = yanked.at + yanked.size
end

--- The nth word of the line of history before this one; from the end when negative or nil.
local function nth_argument(ed, n)
  local entry = ed.history[ed.index - 1]
  if not entry then return nil end
  local words = {}
  for word in entry:gmatch "%S+" do words[#words + 1] = word end
  if not n then return words[#words] end
  return words[n < 0 and #words + n + 1 or n + 1]
end

commands["yank-last-arg"] = function(ed)
  local text = nth_argument(ed, ed.count)
  if not text then return ed:ding() end
  ed:insert(text)
  return true
end

commands["yank-nth-arg"] = function(ed)
  local text = nth_argument(ed, ed.count or 1)
  if not text then return ed:ding() end
  ed:insert(text)
  return true
end

-- changing -------------------------------------------------------------------------------------

commands["transpose-chars"] = function(ed)
  local text, at = ed.line, ed.point
  if at >= #text or byte(text, at + 1) == 10 then at = before(text, at) end
  local first, last = before(text, at), after(text, at)
  if at <= 0 or at == last or byte(text, at) == 10 then return ed:ding() end
  ed:replace(first, last, sub(text, at + 1, last) .. sub(text, first + 1, at))
  ed.point = last
end

commands["transpose-words"] = function(ed)
  local text = ed.line
  local second_end = word_end(text, ed.point)
  local second = word_start(text, second_end)
  local first = word_start(text, second)
  local first_end = word_end(text, first)
  if first_end > second or second >= second_end or not find(text, "^" .. WORD, second_end)
    or first == second then
    return ed:ding()
  end
  ed:replace(first, second_end,
    sub(text, second + 1, second_end) .. sub(text, first_end + 1, second) .. sub(text, first + 1, first_end))
  ed.point = second_end
end

--- ASCII letters only: the bytes of others are not for us to change.
local function upper(text)
  return (text:gsub("[a-z]", string.upper))
end

local function lower(text)
  return (text:gsub("[A-Z]", string.lower))
end

local function capitalize(text)
  return (lower(text):gsub("()([%w_\x80-\xff]+)", function(_, word)
    return upper(sub(word, 1, 1)) .. sub(word, 2)
  end))
end

local function change_words(ed, change)
  local n, at = ed.count or 1, ed.point
  local to = at
  for _ = 1, math.abs(n) do to = (n < 0 and word_start or word_end)(ed.line, to) end
  local first, last = min(at, to), max(at, to)
  if first == last then return ed:ding() end
  ed:replace(first, last, change(sub(ed.line, first + 1, last)))
  ed.point = n < 0 and at or last
end

commands["upcase-word"] = function(ed) change_words(ed, upper) end
commands["downcase-word"] = function(ed) change_words(ed, lower) end
commands["capitalize-word"] = function(ed) change_words(ed, capitalize) end

commands["tilde-expand"] = function(ed)
  local from = back(ed.line, ed.point, "%c", "%S")
  local to = (find(ed.line, "%s", ed.point + 1) or #ed.line + 1) - 1
  local user, behind = ed.line:match("^~([^/%s]*)()", from + 1)
  local home = user and behind - 1 <= to and ed.home(user)
  if not home then
    ed:ding()
    return false
  end
  ed:replace(from, from + 1 + #user, home)
  ed.point = to + #home - 1 - #user
  return true
end

commands["undo"] = function(ed)
  for _ = 1, max(ed.count or 1, 1) do
    if not ed:undo_once() then return ed:ding() end
  end
end
commands["vi-undo"] = commands["undo"]

commands["revert-line"] = function(ed)
  if not ed:undo_once() then return ed:ding() end
  while ed:undo_once() do end
end

-- ending ---------------------------------------------------------------------------------------

commands["accept-line"] = function(ed)
  if ed.accept and ed.accept(ed.line) == false then return ed:insert "\n" end
  ed:finish "line"
end

commands["abort"] = function(ed, key)
  if ed.operator or ed.count then
    ed:cancel_modes()
    return ed:ding()
  end
  ed:finish("cancel", keys.shown(key))
end

commands["interrupt"] = function(ed, key)
  ed:finish("interrupt", keys.shown(key))
end

commands["vi-eof-maybe"] = function(ed)
  if ed.line ~= "" then return ed:ding() end
  ed:finish("eot", "^D")
end

-- the screen and the editor ------------------------------------------------------------------------

commands["ding"] = function(ed) ed:ding() end
commands["clear-screen"] = function(ed) ed:clear() end

commands["redraw-current-line"] = function(ed)
  ed.screen:hide()
end

commands["digit-argument"] = function(ed, key)
  local digit = sub(key, -1)
  if not find(digit, "[-0-9]") then
    return ed:ding()
  elseif digit == "-" then
    ed.negative, ed.count = true, -1
  elseif ed.last == "digit-argument" and ed.count and not (ed.count == -1 and ed.negative) then
    ed.count = ed.count * 10 + (ed.count < 0 and -tonumber(digit) or tonumber(digit))
  else
    ed.count = ed.negative and ed.last == "digit-argument" and -tonumber(digit) or tonumber(digit)
    ed.negative = nil
  end
  ed.count = max(min(ed.count, 1000000), -1000000)
end

commands["emacs-editing-mode"] = function(ed)
  ed.attribs["editing-mode"] = "emacs"
  ed:set_keymap "emacs"
end

commands["vi-editing-mode"] = function(ed)
  ed.attribs["editing-mode"] = "vi"
  ed:set_keymap "vi-command"
end

--- By an inputrc's `set keymap`; as a key it goes to the map that the `keymap` variable names.
commands["set-keymap"] = function(ed)
  local name = ed:option "keymap"
  if not ed.maps[name] then return ed:ding() end
  ed:set_keymap(name)
end

commands["re-read-init-file"] = function(ed)
  local text = ed.read_init and ed.read_init()
  if not text then return ed:ding() end
  local complaints = ed:inputrc(text)
  if complaints[1] then ed:print_below(table.concat(complaints, "\n")) end
end

--- A line for each binding of the current map that `want` takes.
local function bindings(ed, want)
  local lines = {}
  for sequence, command in pairs(ed.map.binding) do
    local line = want(sequence, command)
    if line then lines[#lines + 1] = line end
  end
  table.sort(lines)
  return table.concat(lines, "\n")
end

commands["dump-key"] = function(ed)
  ed.reader = function(self, key)
    local command = self.map.binding[key]
    if self.map.prefix[key] then command = "(a prefix)" end
    self:print_below(("%s: %s"):format(keys.readable(key),
      type(command) == "function" and "(a function)" or command or self.map.default))
  end
end

commands["dump-macros"] = function(ed)
  ed:print_below(bindings(ed, function(sequence)
    local macro = ed.map.macros[sequence]
    return macro and ("%s: \"%s\""):format(keys.readable(sequence), unicode.visible(macro))
  end))
end

commands["dump-variables"] = function(ed)
  local lines = {}
  for name, value in pairs(ed.attribs) do
    lines[#lines + 1] = ("%s: %s"):format(name, unicode.visible(tostring(value)))
  end
  table.sort(lines)
  ed:print_below(table.concat(lines, "\n"))
end

commands["poe-wheel-debug"] = function(ed)
  ed:print_below(("point %d of %d, history %d of %d, keymap %s, %d columns"):format(ed.point, #ed.line,
    ed.index, #ed.history, ed.map.name, (ed:size())))
end

-- completion -----------------------------------------------------------------------------------

--- What the word before the cursor may become, and where it begins.
local function candidates(ed)
  local head = sub(ed.line, 1, ed.point)
  local from = back(ed.line, ed.point, "%c", "%S")
  from = find(head, "%S+$") and find(head, "%S+$") - 1 or ed.point
  local list, start
  if ed.complete then
    list, start = ed.complete(ed.line, from + 1, ed.point, sub(head, from + 1))
    if start then from = max(0, min(start - 1, ed.point)) end
  elseif type(ed.attribs.completion_function) == "function" then
    list = ed.attribs.completion_function(sub(head, from + 1), ed.line, ed.point)
  end
  local word, matching = sub(head, from + 1), {}
  for _, candidate in ipairs(list or {}) do
    if sub(candidate, 1, #word) == word then matching[#matching + 1] = candidate end
  end
  return matching, from, word
end

--- What all of them begin with, whole characters.
local function common(list)
  local text = list[1]
  for i = 2, #list do
    local other, n = list[i], 0
    while n < #text and byte(text, n + 1) == byte(other, n + 1) do n = n + 1 end
    text = sub(text, 1, n)
  end
  local n = #text
  while n > 0 and n < #list[1] and (byte(list[1], n + 1) & 0xC0) == 0x80 do n = n - 1 end
  return sub(text, 1, n)
end

--- Candidates in as many columns as there is room for, downwards or, if so told, across.
local function listing(ed, list)
  local columns, widest, shown = (ed:size()), 0, {}
  for i, candidate in ipairs(list) do
    shown[i] = unicode.visible(candidate)
    widest = max(widest, unicode.columns(shown[i]))
  end
  local across = max(1, (columns - 1) // (widest + 2))
  local rows = (#shown + across - 1) // across
  local horizontally = ed:option "print-completions-horizontally" == "on"
  local lines = {}
  for row = 1, rows do
    local parts = {}
    for column = 1, across do
      local i = horizontally and (row - 1) * across + column or (column - 1) * rows + row
      local text = shown[i]
      if text then
        local more = horizontally and column < across and shown[i + 1] or not horizontally and shown[i + rows]
        parts[#parts + 1] = more and text .. rep(" ", widest + 2 - unicode.columns(text)) or text
      end
    end
    lines[row] = table.concat(parts)
  end
  ed:print_below(table.concat(lines, "\n"))
end

commands["possible-completions"] = function(ed)
  local list = candidates(ed)
  if not list[1] then return ed:ding() end
  listing(ed, list)
end

commands["complete"] = function(ed)
  local list, from, word = candidates(ed)
  if not list[1] then return ed:ding() end
  local text = common(list)
  if #text > #word then ed:replace(from, ed.point, text) end
  if not list[2] then return true end
  local at_once = ed:option "show-all-if-ambiguous"
  if #text > #word and at_once ~= "on" then return ed:ding() end
  if at_once == "on" or ed.last == "complete" or ed.last == "vi-complete" then
    listing(ed, list)
  else
    ed:ding()
  end
end

commands["insert-completions"] = function(ed)
  local list, from = candidates(ed)
  if not list[1] then return ed:ding() end
  ed:replace(from, ed.point, table.concat(list, " "))
end

-- history --------------------------------------------------------------------------------------

local function go_history(ed, index, point)
  if not ed:go_history(index, point) then return ed:ding() end
  return true
end

commands["previous-history"] = function(ed) return go_history(ed, ed.index - (ed.count or 1)) end
commands["next-history"] = function(ed) return go_history(ed, ed.index + (ed.count or 1)) end

commands["beginning-of-history"] = function(ed)
  if not ed.history[1] then return ed:ding() end
  return go_history(ed, 1)
end

commands["end-of-history"] = function(ed)
  return go_history(ed, #ed.history + 1)
end

commands["vi-fetch-history"] = function(ed)
  if not ed.count then return commands["beginning-of-history"](ed, "") end
  return go_history(ed, ed.count)
end

--- The next entry in a direction that `matches(entry)` finds, another one than the line shown.
local function seek(ed, from, step, matches)
  local list = ed.history
  for i = from, step < 0 and 1 or #list, step do
    local found = list[i] and list[i] ~= ed.line and matches(list[i])
    if found then return i, found end
  end
end

local SEARCHES <const> = { ["non-incremental-reverse-search-history"] = true,
  ["non-incremental-forward-search-history"] = true, ["history-search-backward"] = true,
  ["history-search-forward"] = true }

--- Entries with the text that is before the cursor.
local function search_same(ed, step, anchored)
  local text = sub(ed.line, 1, ed.point)
  -- A search that goes on keeps its text: the cursor may be anywhere then.
  local again = SEARCHES[ed.last] and ed.search_text and ed.search_index == ed.index
  if again then text = ed.search_text end
  local index = seek(ed, ed.index + step, step, function(entry)
    if anchored then return sub(entry, 1, #text) == text end
    return find(entry, text, 1, true)
  end)
  ed.search_text = text
  if not index then
    ed.search_index = ed.index
    return ed:ding()
  end
  ed:go_history(index, anchored and snap(ed.history[index], #text) or nil)
  ed.search_index = index
end

commands["non-incremental-reverse-search-history"] = function(ed) search_same(ed, -1) end
commands["non-incremental-forward-search-history"] = function(ed) search_same(ed, 1) end
commands["history-search-backward"] = function(ed) search_same(ed, -1, true) end
commands["history-search-forward"] = function(ed) search_same(ed, 1, true) end

--- Shows what is searched.
local function show_search(ed)
  local search = ed.search
  if not search.incremental then
    return ed:show_prompt(search.key)
  end
  ed:show_prompt(("(%s%si-search)`%s': "):format(search.failed and "failed " or "",
    search.step < 0 and "reverse-" or "", unicode.visible(search.text)))
end

local function isearch(ed, step)
  ed.search = { incremental = true, step = step, text = "", map = ed.map, line = ed.line, point = ed.point,
    index = ed.index, undo = ed.undo_list }
  ed:set_keymap "isearch"
  show_search(ed)
end

commands["reverse-search-history"] = function(ed) isearch(ed, -1) end
commands["forward-search-history"] = function(ed) isearch(ed, 1) end

--- Looks for the text, from entry `from` on.
local function isearch_step(ed, from, other)
  local search = ed.search
  local text, line = search.text, ed.line
  if text == "" then return end
  local here = not other and find(line, text, 1, true)
  if here then
    search.failed, ed.point = false, here - 1
    return
  end
  local index, found = seek(ed, from, search.step, function(entry) return find(entry, text, 1, true) end)
  search.failed = not index
  if not index then return ed:ding() end
  ed:go_history(index, snap(ed.history[index], found - 1))
end

--- Remembers where the search is, for search-delete.
local function push_search(ed)
  local search = ed.search
  search.before = { text = search.text, index = ed.index, line = ed.line, point = ed.point,
    failed = search.failed, before = search.before }
end

--- More of what is searched.
function actions.search_more(ed, text)
  local search = ed.search
  if not search.incremental then return ed:insert(text) end
  push_search(ed)
  search.text = search.text .. text
  isearch_step(ed, ed.index + search.step)
  show_search(ed)
end

commands["search-key"] = actions.search_more

commands["isearch-again"] = function(ed, key)
  local search = ed.search
  if not search then return ed:ding() end
  push_search(ed)
  search.step = key == "\18" and -1 or 1
  if search.text == "" then search.text = ed.searched or "" end
  isearch_step(ed, ed.index + search.step, true)
  show_search(ed)
end

--- Takes the last key of the search back.
commands["search-delete"] = function(ed)
  local search = ed.search
  if not search then return ed:ding() end
  if not search.incremental then
    if ed.line == "" then return commands["search-abort"](ed, "") end
    return commands["backward-delete-char"](ed, "")
  end
  local state = search.before
  if not state then return ed:ding() end
  search.before, search.text, search.failed = state.before, state.text, state.failed
  if ed.index ~= state.index then ed:go_history(state.index) end
  ed.line, ed.point = state.line, state.point
  show_search(ed)
end

--- Ends the search where it is.
function actions.finish_search(ed)
  local search = ed.search
  if not search then return end
  if search.text ~= "" then ed.searched = search.text end
  ed.map, ed.search = search.map, nil
  ed:show_prompt(nil)
end

commands["search-finish"] = function(ed) actions.finish_search(ed) end

--- Ends it where it began.
commands["search-abort"] = function(ed)
  local search = ed.search
  if not search then return ed:ding() end
  actions.finish_search(ed)
  ed:go_history(search.index)
  ed.line, ed.point, ed.undo_list = search.line, search.point, search.undo
  ed:ding()
end

-- vi -------------------------------------------------------------------------------------------

--- A change is the keys from the command that began it until the command map is back; vi-redo
--- presses them again.
function actions.vi_before(ed, key)
  if ed.replaying then return end
  if not ed.recording then
    if ed.map.name ~= "vi-command" then return end
    ed.recording, ed.recording_from = {}, ed.changes or 0
    ed.recording_line = ed.line
  end
  ed.recording[#ed.recording + 1] = key
end

function actions.vi_after(ed)
  if ed.map.name == "vi-command" then
    local first, last = line_bounds(ed.line, ed.point)
    if ed.point == last and last > first then ed.point = before(ed.line, last) end
  end
  local recording = ed.recording
  if not recording or ed.replaying then return end
  if not ed.active then
    ed.recording = nil
  elseif ed.map.name == "vi-command" and not ed.reader and not ed.count and not ed.operator then
    if (ed.changes or 0) > ed.recording_from and not ed.no_redo then ed.redo = recording end
    ed.recording, ed.no_redo = nil, nil
  end
end

commands["vi-redo"] = function(ed)
  local redo, count = ed.redo, ed.count
  ed.no_redo = true
  if not redo then return ed:ding() end
  ed.replaying, ed.count = true, nil
  for _ = 1, min(count or 1, 1000) do
    for _, key in ipairs(redo) do
      if not ed.active then break end
      if #key > 1 and ed.map.name == "vi-insert" and byte(key) ~= 27 then
        ed:run("self-insert", key)
      else
        ed:press(key)
      end
    end
  end
  ed.replaying = false
end

local function no_redo(name)
  local code = commands[name]
  commands[name] = function(ed, key)
    ed.no_redo = true
    return code(ed, key)
  end
end
for _, name in ipairs { "undo", "vi-undo", "revert-line", "previous-history", "next-history",
  "beginning-of-history", "vi-fetch-history" } do
  no_redo(name)
end

commands["vi-movement-mode"] = function(ed)
  local first = line_bounds(ed.line, ed.point)
  ed:set_keymap "vi-command"
  ed.insert_mode = true
  if ed.point > first then ed.point = before(ed.line, ed.point) end
end

commands["vi-insertion-mode"] = function(ed)
  ed:set_keymap "vi-insert"
end

commands["vi-append-mode"] = function(ed)
  local _, last = line_bounds(ed.line, ed.point)
  if ed.point < last then ed.point = after(ed.line, ed.point) end
  ed:set_keymap "vi-insert"
end

commands["vi-append-eol"] = function(ed, key)
  commands["end-of-line"](ed, key)
  ed:set_keymap "vi-insert"
end

commands["vi-insert-beg"] = function(ed, key)
  commands["beginning-of-line"](ed, key)
  ed:set_keymap "vi-insert"
end

commands["vi-replace"] = function(ed)
  ed.insert_mode = false
  ed:set_keymap "vi-insert"
end

local function blank_word(_, key)
  return key:match "^%u$" ~= nil
end

--- What a byte belongs to for w, b and e: nothing, a word, or other signs; W, B and E know words alone.
local function class_at(text, at, big)
  local b = sub(text, at + 1, at + 1)
  if b == "" or find(b, "%s") then return 0 end
  return (big or find(b, WORD)) and 1 or 2
end

local function vi_next_word(text, at, big)
  local class = class_at(text, at, big)
  while at < #text and class ~= 0 and class_at(text, at, big) == class do at = at + 1 end
  while at < #text and class_at(text, at, big) == 0 do at = at + 1 end
  return at
end

local function vi_prev_word(text, at, big)
  while at > 0 and class_at(text, at - 1, big) == 0 do at = at - 1 end
  local class = class_at(text, at - 1, big)
  while at > 0 and class_at(text, at - 1, big) == class do at = at - 1 end
  return at
end

local function vi_end_word(text, at, big)
  at = at + 1
  while at < #text and class_at(text, at, big) == 0 do at = at + 1 end
  local class = class_at(text, at, big)
  while at + 1 < #text and class_at(text, at + 1, big) == class do at = at + 1 end
  return at < #text and at or max(#text - 1, 0)
end

local function vi_words(step)
  return function(ed, key)
    local at = ed.point
    for _ = 1, ed.count or 1 do at = step(ed.line, at, blank_word(ed, key)) end
    if step == vi_end_word and at > 0 then
      -- It may be inside a character: its first byte.
      while at > 0 and at < #ed.line and snap(ed.line, at) ~= at do at = at - 1 end
    end
    return go(ed, at ~= ed.point and at or nil)
  end
end

commands["vi-next-word"] = vi_words(vi_next_word)
commands["vi-prev-word"] = vi_words(vi_prev_word)
commands["vi-end-word"] = vi_words(vi_end_word)

commands["vi-column"] = function(ed)
  local first, last = line_bounds(ed.line, ed.point)
  ed.point = place_in(ed.line, first, last, max((ed.count or 1) - 1, 0))
end

commands["vi-first-print"] = function(ed)
  local first, last = line_bounds(ed.line, ed.point)
  ed.point = min((find(ed.line, "[^ \t]", first + 1) or last + 1) - 1, last)
end

local PAIRS <const> = { ["("] = ")", ["["] = "]", ["{"] = "}" }
local OPENS <const> = { [")"] = "(", ["]"] = "[", ["}"] = "{" }

commands["vi-match"] = function(ed)
  local text = ed.line
  local at = find(text, "[][(){}]", ed.point + 1)
  if not at then return ed:ding() end
  local one = sub(text, at, at)
  local other, step, level = PAIRS[one] or OPENS[one], PAIRS[one] and 1 or -1, 0
  for i = at, step > 0 and #text or 1, step do
    local c = sub(text, i, i)
    level = level + (c == one and 1 or c == other and -1 or 0)
    if level == 0 then return go(ed, i - 1) end
  end
  return ed:ding()
end

--- f F t T with the next key, ; and , again.
commands["vi-char-search"] = function(ed, key)
  local n = ed.count or 1
  local function search(self, how, char, again)
    local step = (how == "f" or how == "t") and 1 or -1
    self.repeating = again
    local found = char_search(self, char, step, how == "t" or how == "T", n)
    self.repeating = false
    if found then
      if step > 0 then self.inclusive = true end
    else
      self.failed = true
      self:ding()
    end
  end
  if key == ";" or key == "," then
    local last = ed.char_searched
    if not last then return ed:ding() end
    local how = last.how
    if key == "," then how = how:match "%l" and how:upper() or how:lower() end
    return search(ed, how, last.char, true)
  end
  ed.reader = function(self, char)
    self.char_searched = { how = key, char = char }
    search(self, key, char)
    actions.apply_operator(self)
  end
end

commands["vi-goto-mark"] = function(ed)
  ed.reader = function(self, key)
    local mark = self.marks[key]
    if not mark then
      self.failed = true
      self:ding()
    else
      self.point = snap(self.line, min(mark, #self.line))
    end
    actions.apply_operator(self)
  end
end

commands["vi-set-mark"] = function(ed)
  ed.reader = function(self, key)
    if not key:find "^%l$" then return self:ding() end
    self.marks[key] = self.point
  end
end

commands["vi-arg-digit"] = function(ed, key)
  if key == "0" and not ed.count then
    commands["beginning-of-line"](ed, key)
    return
  end
  local digit = tonumber(key)
  if not digit then return ed:ding() end
  ed.count = min((ed.count or 0) * 10 + digit, 1000000)
end

commands["vi-delete"] = function(ed)
  local _, last = line_bounds(ed.line, ed.point)
  local at = ed.point
  for _ = 1, ed.count or 1 do at = min(after(ed.line, at), last) end
  kill(ed, ed.point, at)
end

commands["vi-change-case"] = function(ed)
  local _, last = line_bounds(ed.line, ed.point)
  local at = ed.point
  for _ = 1, ed.count or 1 do at = min(after(ed.line, at), last) end
  if at == ed.point then return ed:ding() end
  local text = sub(ed.line, ed.point + 1, at):gsub("%a", function(c)
    return c:find "%l" and c:upper() or c:lower()
  end)
  ed:replace(ed.point, at, text)
  ed.point = at
end

commands["vi-change-char"] = function(ed)
  local n = ed.count or 1
  ed.reader = function(self, key)
    local at, from = self.point, self.point
    if key == "\27" then return end
    for _ = 1, n do
      if at >= #self.line then return self:ding() end
      at = after(self.line, at)
    end
    if key == "\r" then key = "\n" end
    self.group = self.group + 1
    self:replace(from, at, rep(key, n))
    self.point = from + #key * (n - 1)
  end
end

commands["vi-subst"] = function(ed, key)
  if key == "S" then
    local first, last = line_bounds(ed.line, ed.point)
    if first < last then kill(ed, first, last) end
  elseif ed.line ~= "" then
    commands["vi-delete"](ed, key)
  end
  ed:set_keymap "vi-insert"
end

commands["vi-put"] = function(ed, key)
  local text = ed.kills[1]
  if not text then return ed:ding() end
  text = rep(text, ed.count or 1)
  local _, last = line_bounds(ed.line, ed.point)
  if key == "p" and ed.point < last then ed.point = after(ed.line, ed.point) end
  ed:insert(text)
  ed.point = before(ed.line, ed.point)
end

commands["vi-yank-arg"] = function(ed, key)
  commands["vi-append-mode"](ed, key)
  if not commands["yank-last-arg"](ed, key) then ed:set_keymap "vi-command" end
end

commands["vi-tilde-expand"] = function(ed, key)
  if commands["tilde-expand"](ed, key) then ed:set_keymap "vi-insert" end
end

commands["vi-complete"] = function(ed, key)
  local _, last = line_bounds(ed.line, ed.point)
  if key == "=" then return commands["possible-completions"](ed, key) end
  -- The word that the cursor is on, with its last character.
  if ed.point < last and find(ed.line, "^%S", ed.point + 1) then ed.point = after(ed.line, ed.point) end
  if key == "*" then
    commands["insert-completions"](ed, key)
    ed:set_keymap "vi-insert"
  elseif commands["complete"](ed, key) then
    ed:set_keymap "vi-insert"
  end
end

commands["vi-search"] = function(ed, key)
  ed.search = { key = key, step = key == "/" and -1 or 1, text = "", map = ed.map, line = ed.line,
    point = ed.point, index = ed.index, undo = ed.undo_list }
  ed:set_line ""
  ed:set_keymap "vi-search"
  show_search(ed)
end

commands["vi-search-key"] = function(ed, key)
  if byte(key) < 0x20 or byte(key) == 0x7F then return ed:ding() end
  ed:insert(key)
end

local function vi_search(ed, step)
  local text = ed.searched
  if not text then return ed:ding() end
  local index = seek(ed, ed.index + step, step, function(entry)
    if sub(text, 1, 1) == "^" then return sub(entry, 1, #text - 1) == sub(text, 2) end
    return find(entry, text, 1, true)
  end)
  if not index then return ed:ding() end
  ed:go_history(index, 0)
end

commands["vi-search-accept"] = function(ed)
  local search, text = ed.search, ed.line
  if not search then return ed:ding() end
  if text ~= "" then ed.searched = text end
  ed.search_step = search.step
  actions.finish_search(ed)
  ed.line, ed.point, ed.undo_list = search.line, search.point, search.undo
  vi_search(ed, search.step)
end

commands["vi-search-again"] = function(ed, key)
  local step = ed.search_step or -1
  vi_search(ed, key == "N" and -step or step)
end

-- d, c and y, and what they are done to ------------------------------------------------------------

local function begin_operator(kind)
  return function(ed, key)
    if find(key, "^%u$") then
      ed.operator = { kind = kind, from = ed.point }
      commands["end-of-line"](ed, key)
      if kind == "y" and key == "Y" then ed.point = #ed.line end
      local _, last = line_bounds(ed.line, ed.operator.from)
      ed.point = last
      return actions.apply_operator(ed)
    end
    ed.operator = { kind = kind, key = key, from = ed.point, count = ed.count }
    ed.count = nil
    ed:set_keymap "vi-specification"
  end
end

commands["vi-delete-to"] = begin_operator "d"
commands["vi-change-to"] = begin_operator "c"
commands["vi-yank-to"] = begin_operator "y"

--- Does it to what is between where the cursor was and where the motion has taken it.
function actions.apply_operator(ed)
  local operator = ed.operator
  if not operator then return end
  ed.operator = nil
  ed:set_keymap "vi-command"
  local from, to = operator.from, snap(ed.line, ed.point)
  if ed.inclusive and to >= from then to = after(ed.line, to) end
  local failed = ed.failed
  ed.inclusive, ed.failed, ed.count = nil, nil, nil
  if operator.first then from, to = operator.first, operator.last end
  if from > to then from, to = to, from end
  ed.point = from
  if failed then return end
  ed.group = ed.group + 1
  if from < to then
    actions.keep(ed, sub(ed.line, from + 1, to))
    if operator.kind ~= "y" then ed:replace(from, to, "") end
  elseif operator.kind ~= "c" then
    ed:ding()
  end
  if operator.kind == "c" then ed:set_keymap "vi-insert" end
end

local MOTIONS <const> = { ["forward-char"] = 1, ["backward-char"] = 1, ["vi-next-word"] = 1,
  ["vi-prev-word"] = 1, ["vi-end-word"] = 2, ["backward-word"] = 1, ["forward-word"] = 1,
  ["end-of-line"] = 1, ["beginning-of-line"] = 1, ["vi-first-print"] = 1, ["vi-column"] = 1,
  ["vi-match"] = 2, ["vi-char-search"] = 1, ["vi-goto-mark"] = 1 }

--- A key that the specification map does not know: a motion of the command map, or the operator's own key
--- again for the whole line.
commands["vi-end-spec"] = function(ed, key)
  local operator = ed.operator
  local command = ed.maps.vi.binding[key]
  if not operator then
    ed:set_keymap "vi-command"
    return ed:ding()
  elseif key == operator.key then
    operator.first, operator.last = line_bounds(ed.line, operator.from)
    return actions.apply_operator(ed)
  elseif not MOTIONS[command] then
    ed.failed = true
    return actions.apply_operator(ed)
  end
  ed.count = ed.count or operator.count
  local at = ed.point
  commands[command](ed, key)
  if ed.reader then return end
  if ed.point == at and MOTIONS[command] == 2 then ed.failed = command == "vi-match" end
  ed.inclusive = ed.inclusive or MOTIONS[command] == 2
  actions.apply_operator(ed)
end

local function spec(motion)
  return function(ed, key)
    if ed.operator then ed.count = ed.count or ed.operator.count end
    motion(ed, key)
    if not ed.reader then actions.apply_operator(ed) end
  end
end

commands["vi-spec-end-of-line"] = spec(commands["end-of-line"])
commands["vi-spec-beginning-of-line"] = spec(function(ed, key)
  if ed.count and ed.last == "vi-arg-digit" then
    ed.count = ed.count * 10
    return
  end
  commands["beginning-of-line"](ed, key)
end)
commands["vi-spec-first-print"] = spec(commands["vi-first-print"])
commands["vi-spec-mark"] = spec(commands["vi-goto-mark"])
commands["vi-spec-forward-char"] = spec(commands["vi-char-search"])
--- As in vi: `cw` is to the end of the word, without the blanks behind it.
commands["vi-spec-word"] = spec(function(ed, key)
  local operator = ed.operator
  if operator and operator.kind == "c" and find(ed.line, "^%S", ed.point + 1) then
    local at = ed.point
    for i = 1, ed.count or 1 do
      local class = class_at(ed.line, at)
      if i > 1 then
        while at < #ed.line and class_at(ed.line, at) == 0 do at = at + 1 end
        class = class_at(ed.line, at)
      end
      while at < #ed.line and class_at(ed.line, at) == class do at = at + 1 end
    end
    ed.point = at
  else
    commands["vi-next-word"](ed, key)
  end
end)

actions.list = commands
return actions
