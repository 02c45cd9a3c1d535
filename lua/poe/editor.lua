--- A line editor: the bytes of a keyboard in, lines and the bytes for a screen out.
---
--- It does no I/O and keeps nothing outside of the object; there may be as many as there are terminals:
---
---     local ed = editor.new { write = function(bytes) ... end, columns = 80 }
---     ed:begin "name? "
---     for _, event in ipairs(ed:feed(bytes)) do ... end    -- { "line", text }, { "cancel" }...
---
--- The line is bytes.  `point` is how many of them are before the cursor; after each command it is where a
--- cluster begins (see unicode.lua).  All changes go through replace(), which is what undo plays back.
--- Each feed draws once, however many keys it holds.  What comes behind the end of a line waits for the next.
local require = require or (...).require
local keys = require "poe.editor.keys"
local screen = require "poe.editor.screen"
local unicode = require "poe.editor.unicode"
local actions = require "poe.editor.commands"
local commands = actions.list
local find, sub, byte = string.find, string.sub, string.byte

---@class poe.editor
---@field line string             what has been typed
---@field point integer           bytes before the cursor
---@field count integer?          the argument of the next command
---@field mark integer?
---@field attribs table<string, any>  variables: inputrc's, and completion_function(word, line, cursor)
---@field private history string[]
---@field private index integer   which entry is edited; #history + 1: a new one
---@field private edited table<integer, string>   entries changed on the way, until the line ends
---@field private kills string[]  the ring, last first
---@field private undo_list table[]
---@field private maps table<string, poe.editor.keymap>
---@field private map poe.editor.keymap
---@field private input string    fed and, from `at` on, not handled
---@field private sequence string keys so far of a binding of several
---@field private reader? fun(self: poe.editor, key: string)  takes the next key
---@field private raw? boolean    which is then a character, or a byte
---@field private pasting? string[]
---@field private events table[]
---@field private active boolean  a line is being read
---@field private hidden boolean
local Editor = {}
Editor.__index = Editor
Editor.__name = "poe.editor"

local editor = {}

--- Cuts the first key off input; see keys.next.
editor.next_key = keys.next

local PASTE_END <const> = "\27[201~"
local MACROS <const> = 1000 --- macros that one feed may play: one may play itself

local KNOWN = {
  write = "function", columns = "columns", lines = "columns", complete = "function", accept = "function",
  history = "table", max_history = "columns", bracketed_paste = "boolean", mode = "string",
  reflows = "boolean", continuous = "boolean", appname = "string", owner = "any",
  home = "function", read_init = "function",
}

--- `write(bytes)`: for the screen.  `columns` (80), `lines`: of the terminal; without `lines` all rows of a
--- long text are drawn.  `complete(line, first, last, word)` returns candidates for the word, which is
--- line:sub(first, last), and where else it begins, if it does.  `accept(line)`: false puts a newline where
--- the line would have ended.  `mode`: "emacs" or "vi".  `bracketed_paste` (true): ask the terminal to mark
--- what is pasted.  `reflows` (true): the terminal wraps lines anew when its width changes.
--- `continuous`: the next line begins by itself.  `home(user)`: a home directory; `read_init(path)`: an
--- inputrc's text, both or nil; `owner`: what commands of add_defun get in place of the editor.
---@param opts table
---@return poe.editor
function editor.new(opts)
  if type(opts) ~= "table" then error("editor: table expected, got " .. type(opts), 2) end
  for name, value in pairs(opts) do
    local want = KNOWN[name]
    if not want then error(("editor: unknown field '%s'"):format(tostring(name)), 2) end
    if want == "columns" and (math.type(value) ~= "integer" or value < 1) then
      error(("editor: %s must be a positive integer, got %s"):format(name, tostring(value)), 2)
    elseif want ~= "columns" and want ~= "any" and type(value) ~= want then
      error(("editor: %s must be a %s, got %s"):format(name, want, type(value)), 2)
    end
  end
  if not opts.write then error("editor: write required", 2) end
  local mode = opts.mode or "emacs"
  if mode ~= "emacs" and mode ~= "vi" then
    error(('editor: mode must be "emacs" or "vi", got %q'):format(mode), 2)
  end
  local self = setmetatable({
    write = opts.write, complete = opts.complete, accept = opts.accept,
    bracketed_paste = opts.bracketed_paste ~= false, reflows = opts.reflows ~= false,
    continuous = opts.continuous, appname = opts.appname or "poe-readline",
    home = opts.home or function(user) return user == "" and os.getenv "HOME" or nil end,
    read_init = opts.read_init, owner = opts.owner, max_history = opts.max_history,
    screen = screen.new(opts.columns or 80, opts.lines),
    line = "", point = 0, prompt = screen.parse_prompt "", prompt_text = "", cache = {},
    history = {}, index = 1, edited = {}, kills = {}, undo_list = {}, group = 0,
    maps = keys.maps(), defuns = {}, marks = {}, insert_mode = true,
    attribs = { ["editing-mode"] = mode, ["comment-begin"] = "#", ["bell-style"] = "audible",
      ["isearch-terminators"] = "\27\n" },
    input = "", at = 1, sequence = "", events = {}, active = false, hidden = false,
  }, Editor)
  self.map = self.maps[mode == "vi" and "vi-insert" or "emacs"]
  for _, entry in ipairs(opts.history or {}) do self:add_history(entry) end
  return self
end

-- the screen -----------------------------------------------------------------------------------

local function flush_screen(self)
  local bytes = self.screen:take()
  if bytes ~= "" then self.write(bytes) end
end

local function draw(self)
  if self.hidden or not self.active then return end
  local rows, row, column, cache = screen.layout(self.shown_prompt or self.prompt, self.line, self.point,
    self.screen.columns, self.cache)
  self.cache = cache
  if not self.screen.shown then self.screen:emit((self.shown_prompt or self.prompt).prefix) end
  self.screen:draw(rows, row, column)
end

--- Leaves the line on the screen, whole and with `suffix` behind it, and goes below it.
local function leave(self, suffix)
  if self.hidden then return end
  local line, point, prompt = self.line, self.point, self.shown_prompt
  self.line, self.shown_prompt = line .. (suffix or ""), nil
  self.point = #self.line
  draw(self)
  self.line, self.point, self.shown_prompt = line, point, prompt
  self.screen:leave()
end

local function terminal_text(text)
  if text ~= "" and sub(text, -1) ~= "\n" then text = text .. "\n" end
  return (text:gsub("\r?\n", "\r\n"))
end

--- Rings, as bell-style says.
function Editor:ding()
  if self.attribs["bell-style"] ~= "none" then self.screen:emit "\7" end
end

--- Writes lines below what is shown, and the prompt and line again below them.  For commands.
---@param text string
function Editor:print_below(text)
  leave(self)
  self.screen:emit(terminal_text(text))
end

--- Takes prompt and line off the screen, until show().
function Editor:hide()
  self.hidden = true
  self.screen:hide()
  flush_screen(self)
end

--- Puts them back, where the terminal's cursor is: at a left edge.
function Editor:show()
  self.hidden = false
  draw(self)
  flush_screen(self)
end

--- Writes lines above the prompt.
---@param text string  a newline at its end is added when there is none
function Editor:above(text)
  self.screen:hide()
  self.screen:emit(terminal_text(text))
  draw(self)
  flush_screen(self)
end

--- The terminal has this size now.
---@param columns integer
---@param lines? integer
function Editor:resize(columns, lines)
  if math.type(columns) ~= "integer" or columns < 1 then
    error("resize: columns must be a positive integer, got " .. tostring(columns), 2)
  end
  lines = lines and lines > 0 and lines or nil
  if columns == self.screen.columns and lines == self.screen.lines then return end
  self.screen:resize(columns, lines, self.reflows)
  self.cache = {}
  draw(self)
  flush_screen(self)
end

---@return integer columns
---@return integer? lines
function Editor:size()
  return self.screen.columns, self.screen.lines
end

--- Changes the prompt, at once when a line is being read.
---@param prompt string
function Editor:set_prompt(prompt)
  self.prompt_text, self.prompt = prompt, screen.parse_prompt(prompt)
  draw(self)
  flush_screen(self)
end

--- Another text in place of the prompt, nil: none.  For commands.
function Editor:show_prompt(text)
  self.shown_prompt = text and screen.parse_prompt(text)
end

--- Clears the screen; what is being read is shown at its top.
function Editor:clear()
  self.screen:emit "\27[H\27[2J"
  self.screen:forget()
  draw(self)
  flush_screen(self)
end

-- the line -------------------------------------------------------------------------------------

--- Puts `text` in place of the bytes behind `from` up to `to`.  Point stays where it is, or moves along.
---@param from integer  0 to #line
---@param to integer    from to #line
---@param text string
function Editor:replace(from, to, text)
  if from == to and text == "" then return end
  local line, list = self.line, self.undo_list
  local last = list[#list]
  if self.joins and from == to and last and last.removed == "" and last.group == self.group
    and last.at + #last.inserted == from then
    last.inserted = last.inserted .. text
  else
    list[#list + 1] = { at = from, removed = sub(line, from + 1, to), inserted = text,
      point = self.point, group = self.group }
  end
  self.line = sub(line, 1, from) .. text .. sub(line, to + 1)
  if self.point >= to then
    self.point = self.point + #text - (to - from)
  elseif self.point > from then
    self.point = from
  end
  self.changes = (self.changes or 0) + 1
end

--- Inserts before the cursor.
---@param text string
function Editor:insert(text)
  self:replace(self.point, self.point, text)
end

--- A line of history's, or another: nothing to undo.
function Editor:set_line(text, point)
  self.line, self.point, self.undo_list = text, point or #text, {}
  self.changes = (self.changes or 0) + 1
end

--- Takes the last change back.  False: there is none.
function Editor:undo_once()
  local list = self.undo_list
  local group = list[1] and list[#list].group
  if not group then return false end
  while list[1] and list[#list].group == group do
    local change = table.remove(list)
    self.line = sub(self.line, 1, change.at) .. change.removed
      .. sub(self.line, change.at + #change.inserted + 1)
    self.point = change.point
  end
  return true
end

-- history --------------------------------------------------------------------------------------

--- Adds lines at the end.  One may hold newlines.
---@param ... string
function Editor:add_history(...)
  local list = self.history
  local fresh = self.index > #list
  for i = 1, select("#", ...) do
    local entry = select(i, ...)
    if type(entry) ~= "string" then
      error(("bad argument #%d to 'add_history' (string expected, got %s)"):format(i, type(entry)), 2)
    end
    list[#list + 1] = entry
  end
  local most = self.max_history
  if most and #list > most then
    local surplus = #list - most
    table.move(list, surplus + 1, #list + surplus, 1)
    self.index = math.max(1, self.index - surplus)
  end
  if fresh then self.index = #list + 1 end
end

---@return string[]  a copy, oldest first
function Editor:get_history()
  return table.move(self.history, 1, #self.history, 1, {})
end

--- The text of a history file: a line for each entry.  A newline in an entry is written behind a
--- backslash; backslashes before a newline are doubled, so that each entry is read as it was.
---@param entries? string[]
---@return string
function Editor:history_text(entries)
  local lines = {}
  for i, entry in ipairs(entries or self.history) do
    lines[i] = (entry .. "\n"):gsub("(\\+)\n", "%1%1\n"):sub(1, -2):gsub("\n", "\\\n")
  end
  lines[#lines + 1] = ""
  return table.concat(lines, "\n")
end

--- The entries that a history file's text holds.
---@param text string
---@return string[]
function editor.history_entries(text)
  local entries, parts = {}, nil
  for line in (text:gsub("\n$", "") .. "\n"):gmatch "(.-)\n" do
    local slashes = #line:match "\\*$"
    local part = sub(line, 1, #line - slashes) .. ("\\"):rep(slashes // 2)
    if slashes % 2 == 1 then
      parts = parts or {}
      parts[#parts + 1] = part
    elseif parts then
      parts[#parts + 1] = part
      entries[#entries + 1], parts = table.concat(parts, "\n"), nil
    else
      entries[#entries + 1] = part
    end
  end
  if parts then entries[#entries + 1] = table.concat(parts, "\n") end
  return text == "" and {} or entries
end

--- Makes these the history.
---@param entries string[]
function Editor:replace_history(entries)
  self.history, self.edited = {}, {}
  self.index = 1
  self:add_history(table.unpack(entries))
  self.index = #self.history + 1
end

--- Goes to an entry; what was typed is kept for when one comes back.
---@return boolean  false: there is none
function Editor:go_history(index, point)
  local list = self.history
  if index < 1 or index > #list + 1 then return false end
  self.edited[self.index] = self.line
  self.index = index
  self:set_line(self.edited[index] or list[index] or "", point)
  return true
end

-- keys -----------------------------------------------------------------------------------------

--- The map's name: "emacs", "vi" (vi-command), "vi-insert", "isearch", "vi-search", "vi-specification".
---@param name string
function Editor:set_keymap(name)
  self.map = self.maps[name] or error(("set_keymap: unknown keymap '%s'"):format(tostring(name)), 2)
end

--- Binds keys to a command by its name, or to a function(editor, key), in the current map or another.
--- `false` takes the binding away.
---@param names string  as inputrc or POE spell them: "C-xC-r", "M-f", "Up", '"\C-x\e[A"', or bytes
---@param command string|function|false
---@param keymap? string
---@return true|nil
---@return string? message
---@return string? code  "EINVAL": there is no such command
function Editor:bind_key(names, command, keymap)
  if type(names) ~= "string" or names == "" then
    error(("bad argument #1 to 'bind_key' (keys expected, got %s)")
      :format(names == "" and "an empty string" or type(names)), 2)
  end
  local map = self.map
  if keymap then
    map = self.maps[keymap] or error(("bind_key: unknown keymap '%s'"):format(tostring(keymap)), 2)
  end
  if type(command) == "string" then
    command = command:lower()
    if not (commands[command] or self.defuns[command]) then
      return nil, ("EINVAL: no such function: %s"):format(command), "EINVAL"
    end
  elseif type(command) ~= "function" and command ~= false then
    error("bad argument #2 to 'bind_key' (function or name expected, got " .. type(command) .. ")", 2)
  end
  for _, sequence in ipairs(keys.parse(names)) do
    map.macros[sequence] = nil
    keys.bind(map, sequence, command or nil)
    local first = byte(sequence)
    if first >= 0x20 and first ~= 0x7F then map.plain_bound = true end
  end
  return true
end

--- Keys that stand for other keys.
function Editor:bind_macro(names, text)
  for _, sequence in ipairs(keys.parse(names)) do
    keys.bind(self.map, sequence, "insert-macro")
    self.map.macros[sequence] = text
    if byte(sequence) >= 0x20 then self.map.plain_bound = true end
  end
end

--- A new command, or another one under an old name.  It gets the owner (a wheel) or editor, and the key.
---@param name string
---@param code fun(owner: any, key: string)
function Editor:add_defun(name, code)
  if type(name) ~= "string" then
    error("bad argument #1 to 'add_defun' (string expected, got " .. type(name) .. ")", 2)
  elseif type(code) ~= "function" then
    error("bad argument #2 to 'add_defun' (function expected, got " .. type(code) .. ")", 2)
  end
  self.defuns[name:lower()] = code
end

---@param name string  a variable
---@return any  "" when there is none
function Editor:option(name)
  local value = self.attribs[tostring(name):lower()]
  return value == nil and "" or value
end

--- Sets a variable, as inputrc's `set` does.
function Editor:set_option(name, value)
  name = name:lower()
  if name == "editing-mode" then
    if value ~= "vi" and value ~= "emacs" then return end
    self.map = self.maps[value == "vi" and "vi-insert" or "emacs"]
  elseif name == "keymap" then
    if not self.maps[value] then return end
    self.map = self.maps[value]
  elseif name == "isearch-terminators" then
    value = keys.unquote(value:match '^"(.*)"$' or value)
  elseif name == "comment-begin" then
    value = value:match '^"(.*)"$' or value
  end
  self.attribs[name] = value
end

--- Obeys an inputrc's text.  Returns what it did not understand: a list of messages.
---@param text string
---@param depth? integer
---@return string[]
function Editor:inputrc(text, depth)
  local complaints, map = {}, self.map
  depth = depth or 1
  keys.inputrc(text, {
    set = function(name, value) self:set_option(name, value) end,
    bind = function(names, command)
      local ok, message = self:bind_key(names, command)
      if not ok then complaints[#complaints + 1] = message end
    end,
    macro = function(names, macro) self:bind_macro(names, macro) end,
    include = function(path)
      local more = depth < 10 and self.read_init and self.read_init(path)
      if not more then
        complaints[#complaints + 1] = "ENOENT: not included: " .. path
        return
      end
      table.move(self:inputrc(more, depth + 1), 1, 100, #complaints + 1, complaints)
    end,
    test = function(kind, value)
      if kind == "mode" then return value == self.attribs["editing-mode"] end
      if kind == "term" then
        local term = os.getenv "TERM" or ""
        return value == term or value == term:match "^[^-]*"
      end
      return value:lower() == self.appname:lower()
    end,
  })
  -- `set keymap` is for the bindings that follow, not for typing.
  if depth == 1 and self.map ~= map then
    self.map = self.maps[self.attribs["editing-mode"] == "vi" and "vi-insert" or "emacs"]
  end
  return complaints
end

local COUNTING <const> = { ["digit-argument"] = true, ["vi-arg-digit"] = true, ["vi-delete-to"] = true,
  ["vi-change-to"] = true, ["vi-yank-to"] = true }

--- Runs a command.
---@param name string|function
---@param key string
function Editor:run(name, key)
  local code = self.defuns[name] or commands[name] or name
  local typing = name == "self-insert"
  self.joins = typing and self.last == "self-insert"
  if not self.joins then self.group = self.group + 1 end
  self.killed, self.chained = self.chained, false
  self.this = name
  if commands[name] == code then
    code(self, key)
  else
    code(self.owner or self, key)
  end
  self.joins = false
  if not COUNTING[name] then self.count = nil end
  if not COUNTING[name] or self.map.name ~= "vi-specification" then self.last = name end
end

--- What a key is bound to runs.
local function dispatch(self, key)
  local reader = self.reader
  if reader then
    self.reader, self.raw = nil, nil
    return reader(self, key)
  end
  local map = self.map
  local sequence = self.sequence .. key
  local command = map.binding[sequence]
  if not command and map.prefix[sequence] then
    self.sequence = sequence
    return
  end
  local single = self.sequence == ""
  self.sequence = ""
  if command == "insert-macro" then
    self.played = self.played + 1
    if self.played > MACROS then return self:ding() end
    self.input, self.at = map.macros[sequence] .. sub(self.input, self.at), 1
  elseif command then
    self:run(command, key)
  elseif not single then
    self:ding()
  elseif map.name == "isearch" and (byte(key) < 0x20 or byte(key) == 0x7F) then
    actions.finish_search(self, key)
    if not self.attribs["isearch-terminators"]:find(sub(key, 1, 1), 1, true) or #key > 1 then
      return dispatch(self, key)
    end
  elseif byte(key) == 27 and map.binding["\27"] and #key > 1 and not find(key, "^\27[%[O\27]") then
    dispatch(self, "\27")
    dispatch(self, sub(key, 2))
  elseif byte(key) == 27 then
    return -- a key that nobody knows
  elseif map.default == "self-insert" and (byte(key) < 0x20 or byte(key) == 0x7F) then
    self:ding()
  else
    self:run(map.default, key)
  end
end

--- One key, with all that belongs to it.
local function press(self, key)
  if key == "" then return end
  local vi = self.attribs["editing-mode"] == "vi"
  if vi then actions.vi_before(self, key) end
  dispatch(self, key)
  if vi then actions.vi_after(self) end
  self.point = unicode.snap(self.line, self.point)
end
Editor.press = press

--- Takes pasted text to the paste's end.  False: more has to come.
local function paste(self)
  local input, at, parts = self.input, self.at, self.pasting
  local first, last = find(input, PASTE_END, at, true)
  if not first then
    local keep = 0
    for n = math.min(#PASTE_END - 1, #input - at + 1), 1, -1 do
      if sub(input, -n) == sub(PASTE_END, 1, n) then
        keep = n
        break
      end
    end
    parts[#parts + 1] = sub(input, at, #input - keep)
    self.at = #input - keep + 1
    return false
  end
  parts[#parts + 1] = sub(input, at, first - 1)
  self.at, self.pasting = last + 1, nil
  actions.pasted(self, (table.concat(parts):gsub("\r\n?", "\n")))
  self.point = unicode.snap(self.line, self.point)
  return true
end

--- Types a run of characters that stand for themselves.  False: there is none here.
local function type_run(self)
  local map = self.map
  if self.reader or self.sequence ~= "" or map.default ~= "self-insert" or map.plain_bound
    or not self.insert_mode or self.count or self.defuns["self-insert"] then
    return false
  end
  local first, last = find(self.input, "^[\x20-\x7e\x80-\xff]+", self.at)
  if not first then return false end
  if last == #self.input then
    -- The last character may have been cut.
    for i = last, math.max(first, last - 2), -1 do
      local b = byte(self.input, i)
      if b >= 0xC0 then
        local _, _, cut = unicode.decode(self.input, i)
        if cut then last = i - 1 end
        break
      elseif b < 0x80 then
        break
      end
    end
    if last < first then return false end
  end
  local run = sub(self.input, first, last)
  self.at = last + 1
  if self.recording then actions.vi_before(self, run) end
  self:run("self-insert", run)
  self.point = unicode.snap(self.line, self.point)
  return true
end

--- Handles what has been fed.
local function process(self)
  self.played = 0
  while self.active and self.at <= #self.input do
    if self.pasting then
      if not paste(self) then break end
    elseif not type_run(self) then
      local key, behind
      if self.raw then
        local _, length, cut = unicode.decode(self.input, self.at)
        behind = self.at + length
        key = not cut and sub(self.input, self.at, behind - 1)
      else
        key, behind = keys.next(self.input, self.at)
      end
      if not key then break end
      self.at = behind
      press(self, key)
    end
  end
end

--- What has happened, and the screen as it is now.
local function result(self)
  draw(self)
  flush_screen(self)
  local events = self.events
  self.events = {}
  return events
end

--- Takes what the keyboard sent.
---@param bytes string
---@return table[] events  each { "line", text }, { "cancel" }, { "eot" } or { "interrupt" }
function Editor:feed(bytes)
  if self.at > #self.input then
    self.input, self.at = bytes, 1
  else
    self.input, self.at = sub(self.input, self.at) .. bytes, 1
  end
  process(self)
  return result(self)
end

--- Gives back what was fed and not handled, for another reader.
---@return string
function Editor:take_input()
  local input = sub(self.input, self.at)
  self.input, self.at = "", 1
  return input
end

--- Is the beginning of a key held back that may be whole by itself: ESC?
---@return boolean
function Editor:waiting()
  return self.active and not self.pasting and self.at <= #self.input
end

--- Nothing more has come for a while: what is held back is whole.  (In the emacs map, ESC alone goes on
--- waiting: it is how Meta is typed on some keyboards.)
---@return table[] events
function Editor:flush()
  if self:waiting() then
    local key = sub(self.input, self.at)
    if key ~= "\27" or self.map.binding["\27"] or self.map.name == "isearch" or self.reader then
      self.at = #self.input + 1
      if #key <= 2 or byte(key) ~= 27 or (byte(key, 2) >= 0x80) then press(self, key) end
      process(self)
    end
  end
  return result(self)
end

local function start_line(self, text)
  self.index, self.edited = #self.history + 1, {}
  self:set_line(text or "")
  self.count, self.mark, self.last, self.sequence, self.reader, self.search = nil, nil, nil, "", nil, nil
  self.raw, self.pasting = nil, nil
  self.marks, self.operator, self.recording, self.shown_prompt = {}, nil, nil, nil
  self.active, self.hidden = true, false
  if self.attribs["editing-mode"] == "vi" then self.map = self.maps["vi-insert"] end
  if self.bracketed_paste then self.screen:emit "\27[?2004h" end
end

--- Reads a line.  What was typed ahead is taken at once.
---@param prompt? string  the last one by default
---@param text? string    to begin with
---@return table[] events
function Editor:begin(prompt, text)
  if self.active then
    if prompt then self:set_prompt(prompt) end
    return {}
  end
  if prompt then self.prompt_text, self.prompt = prompt, screen.parse_prompt(prompt) end
  start_line(self, text)
  process(self)
  return result(self)
end

--- Ends the line.  For commands.
---@param event "line"|"cancel"|"eot"|"interrupt"
---@param echo? string  written behind it
function Editor:finish(event, echo)
  self:cancel_modes()
  leave(self, echo)
  if self.bracketed_paste then self.screen:emit "\27[?2004l" end
  self.events[#self.events + 1] = { event, event == "line" and self.line or nil }
  self.active, self.hidden = false, false
  self.screen:forget()
  if self.continuous then start_line(self) end
end

--- Leaves a search, an operator, a sequence.
function Editor:cancel_modes()
  if self.search then self.map = self.search.map end
  if self.map.name == "vi-specification" then self.map = self.maps.vi end
  self.search, self.shown_prompt, self.operator = nil, nil, nil
  self.reader, self.raw, self.sequence = nil, nil, ""
end

--- Ends the line as Ctrl-C does, whatever that is bound to, also in the middle of a paste.
function Editor:interrupt()
  self.pasting, self.input, self.at = nil, "", 1
  if self.hidden then self:show() end
  self:finish("interrupt", "^C")
end

--- Gives the reading up without an event; the line stays on the screen.
function Editor:stop()
  if not self.active then return end
  self:cancel_modes()
  leave(self)
  if self.bracketed_paste then self.screen:emit "\27[?2004l" end
  self.active = false
  flush_screen(self)
end

return editor
