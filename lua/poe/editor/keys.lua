--- Keys: cutting input into them, their names, the key maps, and inputrc files.
---
--- A key is the bytes a terminal sends for it: a control byte, a character in UTF-8, an escape sequence as a
--- whole, or ESC and one of these (Meta).  A binding is for one key or a few in a row.
local require = require or (...).require
local unicode = require "poe.editor.unicode"
local byte, char, find, sub = string.byte, string.char, string.find, string.sub

local keys = {}

local LONGEST <const> = 4096 --- a terminal's answer that is longer than this is no answer

--- The key that begins at byte `i`.  Returns it and behind it; nil when its end has not come yet.
--- "" is what is swallowed.
---@param s string
---@param i integer
---@return string? key
---@return integer behind
function keys.next(s, i)
  local b, n = byte(s, i), #s
  if b >= 0x80 then
    local _, length, cut = unicode.decode(s, i)
    if cut then return nil, i end
    return sub(s, i, i + length - 1), i + length
  elseif b ~= 27 then
    return char(b), i + 1
  end
  local start, kind = i, byte(s, i + 1)
  if kind == 27 then start, kind = i + 1, byte(s, i + 2) end
  if not kind then return nil, i end
  if kind == 91 then -- CSI
    local _, last = find(s, "^[0-?]*[ -/]*", start + 2)
    local final = byte(s, last + 1)
    local short = sub(s, start + 2, last):match "^%d+%$$" and last -- rxvt
    if not final and not short then
      if last - start > LONGEST then return "", last + 1 end
      return nil, i
    elseif final == 91 and last == start + 1 then -- the console's function keys: ESC [ [ A
      if last + 1 == n then return nil, i end
      return sub(s, i, last + 2), last + 3
    elseif short and not (final and final >= 0x40 and final <= 0x7E) then
      return sub(s, i, last), last + 1
    elseif final < 0x40 or final > 0x7E then
      return "", last + 1 -- broken off
    end
    return sub(s, i, last + 1), last + 2
  elseif kind == 79 then -- SS3
    local _, last = find(s, "^%d*", start + 2)
    if last == n then return nil, i end
    local final = byte(s, last + 1)
    if final < 0x40 or final > 0x7E then return "", last + 1 end
    return sub(s, i, last + 1), last + 2
  elseif kind == 93 or kind == 80 then -- OSC, DCS: an answer of the terminal's
    local stop, last = find(s, "[\7\27]", start + 2)
    if not stop then
      if n - start > LONGEST then return "", n + 1 end
      return nil, i
    end
    if byte(s, stop) == 27 then
      if stop == n then return nil, i end
      if byte(s, stop + 1) ~= 92 then return "", stop end
      last = stop + 1
    end
    return "", last + 1
  elseif start > i then
    return sub(s, i, i + 1), i + 2 -- ESC ESC; what follows is another key
  elseif kind >= 0x80 then
    local _, length, cut = unicode.decode(s, i + 1)
    if cut then return nil, i end
    return sub(s, i, i + length), i + 1 + length
  end
  return sub(s, i, i + 1), i + 2
end

-- names ----------------------------------------------------------------------------------------

--- What terminals send for the keys that have names.
local NAMED = {
  up = { "\27[A", "\27OA" }, down = { "\27[B", "\27OB" },
  right = { "\27[C", "\27OC" }, left = { "\27[D", "\27OD" },
  home = { "\27[H", "\27OH", "\27[1~", "\27[7~" }, ["end"] = { "\27[F", "\27OF", "\27[4~", "\27[8~" },
  insert = { "\27[2~" }, delete = { "\27[3~" }, backspace = { "\127", "\8" },
  space = { " " }, escape = { "\27" }, tab = { "\t" }, ["return"] = { "\r" }, newline = { "\n" },
  lfd = { "\n" }, rubout = { "\127" },
}
NAMED.ins, NAMED.del, NAMED.bs = NAMED.insert, NAMED.delete, NAMED.backspace
NAMED.esc, NAMED.ret = NAMED.escape, NAMED["return"]

local function control(c)
  if c == "?" then return "\127" end
  return char(byte(c:upper()) & 0x1F)
end

local ESCAPES = { a = "\7", b = "\8", d = "\127", e = "\27", f = "\f", n = "\n", r = "\r", t = "\t",
  v = "\v" }

--- An inputrc text between double quotes: \C-x, \M-x, \e, \n, \nnn, \xhh.
local function unquote(text)
  local out, i = {}, 1
  local function one()
    local c = sub(text, i, i)
    i = i + 1
    if c ~= "\\" or i > #text then return c end
    if find(text, "^C%-.", i) then
      i = i + 2
      return control(one())
    elseif find(text, "^M%-.", i) then
      i = i + 2
      return "\27" .. one()
    end
    local octal, hex = text:match("^[0-7][0-7]?[0-7]?", i), text:match("^x(%x%x?)", i)
    if octal then
      i = i + #octal
      return char(tonumber(octal, 8) & 255)
    elseif hex then
      i = i + 1 + #hex
      return char(tonumber(hex, 16))
    end
    c = sub(text, i, i)
    i = i + 1
    return ESCAPES[c] or c
  end
  while i <= #text do out[#out + 1] = one() end
  return table.concat(out)
end
keys.unquote = unquote

--- What a key's name stands for: `C-xC-r`, `M-space`, `Control-a`, `Up`, `"\C-x\e[A"`, or the bytes
--- themselves.  A list, since a named key may be sent in several ways.
---@param name string
---@return string[]
function keys.parse(name)
  local quoted = name:match '^"(.*)"$'
  if quoted and #name > 2 then return { unquote(quoted) } end
  local found, i = { "" }, 1
  while i <= #name do
    local is_control, is_meta = false, false
    while true do
      local word, behind = name:match("^(%a+)%-()", i)
      word = word and word:lower()
      if behind and behind <= #name and (word == "c" or word == "control") then
        is_control = true
      elseif behind and behind <= #name and (word == "m" or word == "meta") then
        is_meta = true
      else
        break
      end
      i = behind
    end
    local word = name:match("^%a+", i)
    local sent = word and (i > 1 or #word > 1) and NAMED[word:lower()]
    if sent then
      i = i + #word
    else
      local behind = unicode.cluster_end(name, i)
      sent = { sub(name, i, behind - 1) }
      i = behind
    end
    local longer = {}
    for _, before in ipairs(found) do
      for _, key in ipairs(sent) do
        if is_control and #key == 1 then key = control(key) end
        longer[#longer + 1] = before .. (is_meta and "\27" or "") .. key
      end
    end
    found = longer
  end
  return found
end

--- A key as dump-key names it.
---@param key string
---@return string
function keys.readable(key)
  return (key:gsub("\27(.)", "M-%1"):gsub("[%c]", function(c)
    return c == "\127" and "C-?" or "C-" .. char(byte(c) | 0x40):lower()
  end))
end

--- A control key as a terminal echoes it: ^C.
---@param key string
---@return string
function keys.shown(key)
  return (key:gsub("%c", function(c) return "^" .. char(byte(c) ~ 0x40) end))
end

-- maps -----------------------------------------------------------------------------------------

local ARROWS <const> = [[
up: up-line-or-history
down: down-line-or-history
left: backward-char
right: forward-char
home: beginning-of-line
end: end-of-line
ins: overwrite-mode
del: delete-char
"\e[1;5C": forward-word
"\e[1;5D": backward-word
"\e[1;3C": forward-word
"\e[1;3D": backward-word
"\e[200~": bracketed-paste-begin
]]

local DIGITS <const> = [[
1: vi-arg-digit
2: vi-arg-digit
3: vi-arg-digit
4: vi-arg-digit
5: vi-arg-digit
6: vi-arg-digit
7: vi-arg-digit
8: vi-arg-digit
9: vi-arg-digit
]]

--- The maps by name: what they do with a key that is not bound, and the bindings.
local MAPS = {
  emacs = { default = "self-insert", text = ARROWS .. [[
C-a: beginning-of-line
C-b: backward-char
C-c: interrupt
C-d: delete-char
C-e: end-of-line
C-f: forward-char
C-g: abort
C-h: backward-delete-char
C-i: complete
C-j: accept-line
C-k: kill-line
C-l: clear-screen
C-m: accept-line
C-n: next-history
C-p: previous-history
C-q: poe-wheel-debug
C-r: reverse-search-history
C-s: forward-search-history
C-t: transpose-chars
C-u: unix-line-discard
C-v: quoted-insert
C-w: unix-word-rubout
C-y: yank
C-]: character-search
C-_: undo
rubout: backward-delete-char
M-C-g: abort
M-C-h: backward-kill-word
M-C-i: tab-insert
M-C-j: vi-editing-mode
M-C-r: revert-line
M-C-y: yank-nth-arg
M-C-[: complete
M-C-]: character-search-backward
M-space: set-mark
M-#: insert-comment
M-&: tilde-expand
M-*: insert-completions
M--: digit-argument
M-.: yank-last-arg
M-0: digit-argument
M-1: digit-argument
M-2: digit-argument
M-3: digit-argument
M-4: digit-argument
M-5: digit-argument
M-6: digit-argument
M-7: digit-argument
M-8: digit-argument
M-9: digit-argument
M-<: beginning-of-history
M->: end-of-history
M-?: possible-completions
M-b: backward-word
M-c: capitalize-word
M-d: kill-word
M-f: forward-word
M-l: downcase-word
M-n: non-incremental-forward-search-history
M-p: non-incremental-reverse-search-history
M-r: revert-line
M-t: transpose-words
M-u: upcase-word
M-y: yank-pop
M-\: delete-horizontal-space
M-~: tilde-expand
M-del: backward-kill-word
M-rubout: backward-kill-word
M-_: yank-last-arg
C-xC-r: re-read-init-file
C-xC-g: abort
C-xDel: backward-kill-line
C-xRubout: backward-kill-line
C-xC-u: undo
C-xC-x: exchange-point-and-mark
C-xm: dump-macros
C-xv: dump-variables
C-xk: dump-key
]] },
  ["vi-insert"] = { default = "self-insert", text = ARROWS .. [[
C-c: interrupt
C-d: vi-eof-maybe
C-h: backward-delete-char
C-i: complete
C-j: accept-line
C-m: accept-line
C-r: reverse-search-history
C-s: forward-search-history
C-t: transpose-chars
C-u: unix-line-discard
C-v: quoted-insert
C-w: unix-word-rubout
C-y: yank
C-[: vi-movement-mode
C-_: undo
C-?: backward-delete-char
]] },
  ["vi-command"] = { default = "ding", text = ARROWS .. DIGITS .. [[
C-c: interrupt
C-d: vi-eof-maybe
C-e: emacs-editing-mode
C-g: abort
C-h: backward-char
C-?: backward-char
C-j: accept-line
C-k: kill-line
C-l: clear-screen
C-m: accept-line
C-n: next-history
C-p: previous-history
C-q: quoted-insert
C-r: reverse-search-history
C-s: forward-search-history
C-t: transpose-chars
C-u: unix-line-discard
C-v: quoted-insert
C-w: unix-word-rubout
C-y: yank
C-[: ding
C-_: vi-undo
space: forward-char
#: insert-comment
$: end-of-line
%: vi-match
&: vi-tilde-expand
*: vi-complete
+: next-history
,: vi-char-search
-: previous-history
.: vi-redo
/: vi-search
0: vi-arg-digit
;: vi-char-search
=: vi-complete
?: vi-search
A: vi-append-eol
B: vi-prev-word
C: vi-change-to
D: vi-delete-to
E: vi-end-word
F: vi-char-search
G: vi-fetch-history
I: vi-insert-beg
N: vi-search-again
P: vi-put
R: vi-replace
S: vi-subst
T: vi-char-search
U: revert-line
W: vi-next-word
X: backward-delete-char
Y: vi-yank-to
\: vi-complete
^: vi-first-print
_: vi-yank-arg
`: vi-goto-mark
a: vi-append-mode
b: backward-word
c: vi-change-to
d: vi-delete-to
e: vi-end-word
f: vi-char-search
h: backward-char
i: vi-insertion-mode
j: next-history
k: previous-history
l: forward-char
m: vi-set-mark
n: vi-search-again
p: vi-put
r: vi-change-char
s: vi-subst
t: vi-char-search
u: vi-undo
w: vi-next-word
x: vi-delete
y: vi-yank-to
|: vi-column
~: vi-change-case
]] },
  ["vi-specification"] = { default = "vi-end-spec", text = DIGITS .. [[
^: vi-spec-first-print
`: vi-spec-mark
$: vi-spec-end-of-line
0: vi-spec-beginning-of-line
w: vi-spec-word
t: vi-spec-forward-char
]] },
  isearch = { default = "search-key", text = [[
C-r: isearch-again
C-s: isearch-again
C-g: search-abort
C-h: search-delete
rubout: search-delete
"\e[200~": bracketed-paste-begin
]] },
  ["vi-search"] = { default = "vi-search-key", text = [[
C-j: vi-search-accept
C-m: vi-search-accept
C-g: search-abort
C-c: search-abort
C-h: search-delete
rubout: search-delete
"\e[200~": bracketed-paste-begin
]] },
}

---@class poe.editor.keymap
---@field name string
---@field default string                 the command for a key that is not bound
---@field binding table<string, string>  commands by keys
---@field prefix table<string, integer>  how many bindings begin with these keys and go on
---@field macros table<string, string>

--- Binds, or with nil takes the binding away.
---@param map poe.editor.keymap
---@param sequence string
---@param command string?
function keys.bind(map, sequence, command)
  local step = (map.binding[sequence] and -1 or 0) + (command and 1 or 0)
  map.binding[sequence] = command
  if step == 0 then return end
  local i = 1
  while i <= #sequence do
    local key, behind = keys.next(sequence, i)
    i = key and behind or #sequence + 1
    if i > #sequence then break end
    local before = sub(sequence, 1, i - 1)
    map.prefix[before] = (map.prefix[before] or 0) + step
    if map.prefix[before] == 0 then map.prefix[before] = nil end
  end
end

--- Key maps of an editor's own, with the bindings they are born with.
---@return table<string, poe.editor.keymap>
function keys.maps()
  local maps = {}
  for name, born in pairs(MAPS) do
    local map = { name = name, default = born.default, binding = {}, prefix = {}, macros = {} }
    for key, command in born.text:gmatch "([^\n]+): ([^\n]+)\n" do
      for _, sequence in ipairs(keys.parse(key)) do keys.bind(map, sequence, command) end
    end
    maps[name] = map
  end
  maps.vi = maps["vi-command"]
  return maps
end

-- inputrc --------------------------------------------------------------------------------------

--- Reads an inputrc text and calls `on.set(name, value)`, `on.bind(keys, command)`,
--- `on.macro(keys, text)`, `on.include(path)`; `on.test(kind, value)` answers $if.
---@param text string
---@param on table<string, function>
function keys.inputrc(text, on)
  local active, outer = true, {}
  for line in text:gmatch "[^\r\n]+" do
    line = line:match "^%s*(.-)%s*$"
    local word, rest = line:match "^%$(%a+)%s*(.*)$"
    if word == "if" then
      outer[#outer + 1] = { active, active }
      local kind, value = rest:match "^(%a+)%s*=%s*(.-)$"
      if active then active = on.test(kind or "app", value or rest) and true or false end
    elseif word == "else" then
      local state = outer[#outer]
      if state then active = state[1] and not active end
    elseif word == "endif" then
      if outer[1] then active = table.remove(outer)[1] end
    elseif active and word == "include" then
      on.include(rest)
    elseif active and line ~= "" and not find(line, "^#") and not word then
      local name, value = line:match "^set%s+([%w-]+)%s*(.-)$"
      local quoted, behind = line:match '^("[^"\\]*")%s*:%s*()'
      if not quoted and sub(line, 1, 1) == '"' then
        local i = 2
        while i <= #line and sub(line, i, i) ~= '"' do i = i + (sub(line, i, i) == "\\" and 2 or 1) end
        quoted, behind = sub(line, 1, i), line:match("^%s*:%s*()", i + 1)
      end
      if name then
        on.set(name:lower(), value)
      else
        if not behind then quoted, behind = line:match "^(.[^:]*):%s*()" end
        local command = behind and sub(line, behind)
        local macro = command and command:match '^"(.*)"$' or command and command:match "^'(.*)'$"
        if macro then
          on.macro(quoted, unquote(macro))
        elseif command and command ~= "" then
          on.bind(quoted, command:match "^%S+")
        end
      end
    end
  end
end

return keys
