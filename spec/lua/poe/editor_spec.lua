local editor = require "poe.editor"

-- a terminal -----------------------------------------------------------------------------------

--- What a character of the tests takes, told here and not asked of the editor.
local WIDTHS = { ["\u{301}"] = 0, ["\u{200D}"] = 0, ["\u{FE0F}"] = 0, ["中"] = 2, ["文"] = 2, ["😀"] = 2,
  ["👩"] = 2, ["한"] = 2, ["\xE4\xB8\xB8"] = 2, ["\xE4\xAD\xB8"] = 2, ["\xE4\xAD\xAD"] = 2 }

--- A grid that understands what the editor writes and nothing else.  It waits in the last column until
--- the next character, as real terminals do.
local function new_terminal(columns)
  local t = { columns = columns, rows = { {} }, row = 1, column = 0, pending = false, bells = 0 }

  local function row()
    for i = #t.rows + 1, t.row do t.rows[i] = {} end
    return t.rows[t.row]
  end

  local function erase(cells, from, to)
    for i = from, to do
      if cells[i] == false then cells[i - 1] = nil end
      if cells[i + 1] == false then cells[i + 1] = nil end
      cells[i] = nil
    end
  end

  local function put(char)
    local w = WIDTHS[char] or 1
    if w == 0 then
      local cells, at = row(), t.pending and t.columns or t.column
      if cells[at] == false then at = at - 1 end
      cells[at] = (cells[at] or " ") .. char
      return
    end
    if t.pending or t.column + w > t.columns then
      assert(w <= t.columns, "a wide character on a narrow terminal")
      row().wrapped = true
      t.row, t.column, t.pending = t.row + 1, 0, false
    end
    local cells = row()
    erase(cells, t.column + 1, t.column + w)
    cells[t.column + 1] = char
    if w == 2 then cells[t.column + 2] = false end
    t.column = t.column + w
    if t.column == t.columns then t.column, t.pending = t.columns - 1, true end
  end

  local function csi(params, final)
    local n = tonumber(params) or 1
    if params:find "^%?" then return end
    if final == "m" then return end
    if final ~= "A" and final ~= "B" and final ~= "H" then
      assert(not t.pending, "CSI " .. final .. " in the pending state")
    end
    if final == "A" then
      assert(t.row - n >= 1, "above the screen")
      t.row = t.row - n
    elseif final == "B" then
      t.row = t.row + n
      assert(t.rows[t.row], "below what there is")
    elseif final == "C" then
      t.column = t.column + n
      assert(t.column < t.columns, "right of the screen")
    elseif final == "D" then
      t.column = t.column - n
      assert(t.column >= 0, "left of the screen")
    elseif final == "J" then
      if params == "2" then
        t.rows = { {} }
        t.row = math.max(t.row, 1)
      else
        erase(row(), t.column + 1, t.columns)
        for i = t.row + 1, #t.rows do t.rows[i] = {} end
      end
    elseif final == "K" then
      erase(row(), t.column + 1, t.columns)
    elseif final == "H" then
      t.row, t.column, t.pending = 1, 0, false
    else
      error("CSI " .. params .. final)
    end
  end

  function t.write(bytes)
    local i = 1
    while i <= #bytes do
      local c = bytes:sub(i, i)
      if c == "\r" then
        t.column, t.pending = 0, false
      elseif c == "\n" then
        t.row, t.pending = t.row + 1, false
        row()
      elseif c == "\b" then
        assert(not t.pending and t.column > 0, "BS")
        t.column = t.column - 1
      elseif c == "\7" then
        t.bells = t.bells + 1
      elseif c == "\27" then
        local params, final, behind = bytes:match("^%[([%d;?]*)(%a)()", i + 1)
        assert(params, "not a sequence: " .. ("%q"):format(bytes:sub(i, i + 10)))
        csi(params, final)
        i = behind - 1
      else
        local char = bytes:match("^" .. utf8.charpattern, i)
        assert(utf8.len(char) == 1 and char:byte() >= 32, ("%q"):format(char))
        put(char)
        i = i + #char - 1
      end
      i = i + 1
    end
  end

  --- Has another width, and wraps what is there anew; the cursor stays at its cell.
  function t.resize(columns)
    local old, rows, cursor_row, cursor_column = t.rows, { {} }, nil, nil
    local column = 0
    for n, cells in ipairs(old) do
      local last = 0
      for i = 1, t.columns do if cells[i] ~= nil then last = i end end
      if cells.wrapped then last = t.columns end
      if n == t.row then last = math.max(last, t.column + 1) end
      for i = 1, last do
        if cells[i] ~= false then
          local w = cells[i + 1] == false and 2 or 1
          if column + w > columns then
            rows[#rows].wrapped = true
            rows[#rows + 1], column = {}, 0
          end
          if n == t.row and i == t.column + 1 then cursor_row, cursor_column = #rows, column end
          rows[#rows][column + 1] = cells[i]
          if w == 2 then rows[#rows][column + 2] = false end
          column = column + w
        end
      end
      if not cells.wrapped and n < #old then rows[#rows + 1], column = {}, 0 end
    end
    t.rows, t.row, t.column, t.columns, t.pending = rows, cursor_row, cursor_column, columns, false
  end

  --- A row's text, without blanks at its end.
  function t.text(n)
    local cells, parts = t.rows[n] or {}, {}
    for i = 1, t.columns do
      if cells[i] ~= false then parts[#parts + 1] = cells[i] or " " end
    end
    return (table.concat(parts):gsub(" +$", ""))
  end

  return t
end

-- the model ------------------------------------------------------------------------------------

--- What stands for the character at byte `i`, piece by piece, and where the next one is.  `joined`: it
--- has something before it that a mark can join.
local function pieces_at(text, i, joined)
  local b = text:byte(i)
  local length = b < 0x80 and 1 or b >= 0xF0 and 4 or b >= 0xE0 and 3 or 2
  local char = text:sub(i, i + length - 1)
  if utf8.len(char) ~= 1 then
    return { "<", ("%02X"):format(b):sub(1, 1), ("%02X"):format(b):sub(2), ">" }, i + 1
  elseif b == 9 then
    return "tab", i + 1
  elseif b < 32 or b == 127 then
    return { "^", string.char(b ~ 64) }, i + 1
  elseif WIDTHS[char] == 0 and not joined then
    local list = {}
    for c in ("<U+%04X>"):format(utf8.codepoint(char)):gmatch "." do list[#list + 1] = c end
    return list, i + length
  end
  return { char }, i + length, true
end

--- Rows, and where the character behind byte `point` is: the naive way.
local function model(prompt, line, point, columns)
  local rows, row, column = {}, "", 0
  local at_row, at_column
  local function next_row() rows[#rows + 1] = row:gsub(" +$", ""); row, column = "", 0 end
  local function put(char)
    local w = WIDTHS[char] or 1
    if w > columns then char, w = "?", 1 end
    if column + w > columns then next_row() end
    row, column = row .. char, column + w
  end
  local function run(text, wanted)
    local i, joined, last = 1, false, nil
    while i <= #text do
      local from = i
      local char = text:match("^[\xC2-\xF4][\x80-\xBF]+", i) or text:sub(i, i)
      if char == "\n" then
        if from - 1 == wanted then
          at_row, at_column = #rows + 1, column
          if column == columns then at_row, at_column = #rows + 2, 0 end
        end
        if column == columns then next_row() end
        next_row()
        joined, i = false, i + 1
      else
        local list, behind, joins = pieces_at(text, i, joined)
        if list == "tab" then
          list = {}
          local start = column == columns and 0 or column
          for n = 1, math.min(8 - start % 8, columns - start) do list[n] = " " end
        end
        for n, piece in ipairs(list) do
          if WIDTHS[piece] == 0 then
            if last ~= "?" then row = row .. piece end
          else
            put(piece)
            last = (WIDTHS[piece] or 1) > columns and "?" or piece
          end
          if n == 1 and from - 1 == wanted then
            at_row, at_column = #rows + 1, column - (WIDTHS[piece] or 1)
            if (WIDTHS[piece] or 1) > columns then at_column = column - 1 end
          end
        end
        joined, i = joins, behind
      end
    end
    if wanted == #text then
      at_row, at_column = #rows + 1, column
      if column == columns then at_row, at_column = #rows + 2, 0 end
    end
  end
  run(prompt)
  run(line, point)
  if column == columns then next_row() end
  next_row()
  return rows, at_row, at_column
end

--- An editor with a terminal; `check` compares what is shown with the model.
local function new(columns, opts)
  local t = new_terminal(columns)
  local written = {}
  opts = opts or {}
  opts.columns, opts.bracketed_paste = columns, opts.bracketed_paste or false
  opts.write = function(bytes)
    written[#written + 1] = bytes
    t.write(bytes)
  end
  local ed = editor.new(opts)
  local top = 1
  local s = { ed = ed, t = t, events = {} }
  function s.begin(prompt, text)
    top = t.row
    for _, event in ipairs(ed:begin(prompt, text)) do s.events[#s.events + 1] = event end
  end
  function s.feed(bytes)
    for _, event in ipairs(ed:feed(bytes)) do s.events[#s.events + 1] = event end
  end
  --- What was written since the last time.
  function s.written()
    local bytes = table.concat(written)
    written = {}
    return bytes
  end
  --- Where the prompt begins now: the editor has gone to another place.
  function s.moved(row) top = row end
  function s.check(expect, what)
    local prompt = {}
    for i, piece in ipairs((ed.shown_prompt or ed.prompt).pieces) do prompt[i] = piece.text end
    local rows, row, column = model(table.concat(prompt), ed.line, ed.point, t.columns)
    local got = {}
    for i = top, math.max(#t.rows, top + #rows - 1) do got[#got + 1] = t.text(i) end
    while #got > #rows and got[#got] == "" do got[#got] = nil end
    expect(got, rows, what)
    expect({ t.row - top + 1, t.column, t.pending }, { row, column, false }, what .. ", the cursor")
    return table.concat(got, "\n") == table.concat(rows,
      "\n") and t.row - top + 1 == row and t.column == column
  end
  return s
end

--- The line and where the cursor is, as "ab|c".
local function shown(ed)
  return ed.line:sub(1, ed.point) .. "|" .. ed.line:sub(ed.point + 1)
end

--- What keys make of a line: "ab|c", keys, "a|bc".
local function edits(expect, list, mode)
  for _, case in ipairs(list) do
    local s = new(40, { mode = mode, history = case.history })
    local text = case[1]
    s.begin("> ", (text:gsub("|", "", 1)))
    s.ed.point = text:find("|", 1, true) - 1
    s.feed(case[2])
    s.ed:flush()
    expect(shown(s.ed), case[3], ("%q on %s"):format(case[2], text))
    s.moved(1)
  end
end

describe("the screen", function()
  it("gets nothing but the character that is typed at the end", function(expect)
    local s = new(80)
    s.begin "> "
    expect(s.written(), "> ")
    for c in ("hello 中é"):gmatch(utf8.charpattern) do
      s.feed(c)
      expect(s.written(), c)
    end
    s.feed "\2"
    expect(s.written(), "\b")
    s.feed "\6"
    expect(s.written(), "\27[C")
    s.feed "\127"
    expect(s.written(), "\b\27[K")
    s.feed "\127"
    expect(s.written(), "\b\b\27[K")
  end)

  it("gets a feed of many keys as one change", function(expect)
    local s = new(80)
    s.begin "> "
    s.written()
    s.feed "abc\1x\5"
    expect(s.written(), "xabc")
  end)

  it("writes nothing when nothing has changed", function(expect)
    local s = new(80)
    s.begin "> "
    s.feed "abc"
    s.written()
    s.feed "x\127"
    expect(s.written(), "")
    s.feed "\27[99~\27[1;9P"
    expect(s.written(), "")
  end)

  it("wraps as the terminal does", function(expect)
    local s = new(5)
    s.begin "> "
    s.feed "abc"
    s.check(expect, "a full row")
    expect({ s.t.row, s.t.column }, { 2, 0 })
    s.feed "中中中"
    s.check(expect, "wide ones that do not fit")
    expect({ s.t.text(1), s.t.text(2), s.t.text(3) }, { "> abc", "中中", "中" })
    for _ = 1, 6 do
      s.feed "\127"
      s.check(expect, "taken away again")
    end
  end)

  it("shows prompts with colours, several rows and wide characters", function(expect)
    local s = new(20)
    s.begin "one\n\27[1;31m中文\27[0m> "
    s.check(expect, "the prompt")
    expect(s.written(), "one\r\n\27[1;31m中文\27[m> ")
    s.feed "abc"
    s.check(expect, "the line")
    s.ed:set_prompt "\1\27[32m\2two\1\27[m\2> "
    s.check(expect, "another")
    expect(s.t.text(1), "two> abc")
  end)

  it("shows what cannot be shown by name, and keeps its bytes", function(expect)
    local s = new(80)
    s.begin "> "
    local line = "a\xFFb\x1Bc\u{301}\0\x7F\xED\xA0\x80\u{85}"
    s.begin()
    for c in line:gmatch "." do s.feed("\22" .. c) end
    s.feed "\6"
    expect(s.ed.line, line)
    expect(s.t.text(1), "> a<FF>b^[c\u{301}^@^?<ED><A0><80><U+0085>")
    s.feed "\r"
    expect(s.events, { { "line", line } })
  end)

  it("is what a naive model says, at every width, whatever is typed", function(expect)
    local typed = { "a", "b", " ", "word ", "(x)", "é", "中", "文", "😀", "한", "\u{301}", "e\u{301}",
      "👩\u{200D}👩",
      "\u{FE0F}", "\xFF", "\xE4\xB8", "\xAD", "\t", "\22\t", "\22\1", "\22\n", "0123456789", "中中中中中" }
    local keys = { "\1", "\2", "\5", "\6", "\4x", "\127", "\8", "\11", "\21", "\23", "\25", "\20",
      "\31", "\27b", "\27f",
      "\27d", "\27u", "\27c", "\27l", "\27t", "\27y", "\27\\", "\27 ", "\27r", "\27[A", "\27[B",
      "\27[C", "\27[D",
      "\27[H", "\27[F", "\27[3~", "\27[2~", "\16", "\14", "\27<", "\27>", "\0273", "\24\7",
      "\18a", "\18\18", "\19b",
      "\7", "\27[200~p\nq中\r\nr\27[201~", "\27[1;5C", "\27OC", "\27OD", "\29a", "\27[12;34Z",
      "\r", "\27-\6", "\27.",
      "\27p", "\27n" }
    local count = 0
    for seed = 1, expect.heavy(2000) do
      math.randomseed(seed)
      local columns = seed <= 200 and seed or math.random(1, 30)
      local s = new(columns, { history = { "one", "two\nlines", "中文 three\n\nlast",
        ("long "):rep(30) } })
      local prompts = { "> ", "", "中> ", "\27[1mbold\27[m> ", "a\nb> ", "prompt \27[32mwide中\27[0m$ " }
      s.begin(prompts[seed % #prompts + 1])
      local log = {}
      for _ = 1, 12 do
        local key = math.random() < 0.55 and typed[math.random(#typed)] or keys[math.random(#keys)]
        log[#log + 1] = ("%q"):format(key)
        local ended = #s.events
        local ok, message = pcall(s.feed, key)
        if #s.events > ended then
          expect(s.t.column, 0, "after a line")
          s.begin()
        end
        count = count + 1
        local what = ("seed %d, %d columns, %s"):format(seed, columns, table.concat(log, " "))
        if not ok then
          expect(message, nil, what)
          return
        end
        if not s.check(expect, what) then
          expect(nil, { s.ed.line, s.ed.point, s.ed.shown_prompt }, "the editor")
          return
        end
      end
    end
    expect(count, expect.heavy(2000) * 12)
  end, 60)
end)

describe("a key", function()
  it("moves and deletes", function(expect)
    edits(expect, {
      { "ab|c", "\2", "a|bc" }, { "ab|c", "\6", "abc|" }, { "ab|c", "\1", "|abc" },
      { "a|bc", "\5", "abc|" },
      { "foo bar|", "\27b", "foo |bar" }, { "|foo bar", "\27f", "foo| bar" },
      { "|foo bar baz", "\0272\27f", "foo bar| baz" },
      { "foo bar|", "\0272\27b", "|foo bar" }, { "|foo", "\27-\2", "f|oo" },
      { "x\u{301}y|", "\2\2", "|x\u{301}y" }, { "中文|", "\2", "中|文" }, { "中文|", "\127", "中|" },
      { "a👩\u{200D}👩|", "\127", "a|" }, { "ab|c", "\4", "ab|" }, { "ab|c", "\8", "a|c" },
      { "a|b", "\27[3~", "a|" },
      { "a|bcdef", "\0273\4", "a|ef" }, { "abc|abc", "\29a", "abc|abc" },
      { "abc|xab", "\29a", "abcx|ab" },
      { "abcab|c", "\27\29a", "abc|abc" }, { "a  | b", "\27\\", "a|b" },
      { "one\ntwo|", "\1", "one\n|two" },
      { "one\nt|wo", "\27[A", "o|ne\ntwo" }, { "o|ne\ntwo", "\27[B", "one\nt|wo" },
      { "one\ntwo|", "\11", "one\ntwo|" }, { "one|\ntwo", "\11", "one|two" },
      { "one\n|two", "\21", "one|two" },
    })
  end)

  it("kills and yanks", function(expect)
    edits(expect, {
      { "ab|cd", "\11", "ab|" }, { "ab|cd", "\21", "|cd" }, { "ab|cd", "\11\1\25", "cd|ab" },
      { "one two|", "\23\1\25", "two|one " }, { "a/b c/d|", "\23", "a/b |" },
      { "a/b c/d|", "\27\127", "a/b c/|" },
      { "a/b c/d|", "\27\8", "a/b c/|" }, { "one two|", "\23\23\25", "one two|" },
      { "|one two", "\27d\27d\25", "one two|" },
      { "a b|", "\23\2\23\25", "a| " }, { "a b|", "\23\1\11\25\27y", "b|" },
      { "a b|", "\23\1\11\25\27y\27y", "a |" },
      { "ab|cd", "\24\127", "|cd" }, { "ab|cd", "\24\27[3~", "|cd" },
      { "|one two", "\27-\27d", "|one two" },
      { "one| two", "\27 \5\25", "one two|" },
    })
    local s = new(40)
    s.begin("> ", "one two")
    s.ed:bind_key("C-o", "kill-region")
    s.ed:bind_key("M-w", "copy-region-as-kill")
    s.ed:bind_key("M-k", "kill-whole-line")
    s.feed "\1\27 \27f\27w\5\25"
    expect(shown(s.ed), "one twoone|")
    s.feed "\1\27 \27f\15"
    expect(shown(s.ed), "| twoone")
    s.feed "\27k"
    expect(shown(s.ed), "|")
    s.feed "\31"
    expect(shown(s.ed), "| twoone")
  end)

  it("changes", function(expect)
    edits(expect, {
      { "ab|", "\20", "ba|" }, { "a|bc", "\20", "ba|c" }, { "|ab", "\20", "|ab" },
      { "中é|", "\20", "é中|" },
      { "one| two", "\27t", "two one|" }, { "one two|", "\27t", "two one|" },
      { "one|", "\27t", "one|" },
      { "|hello world", "\27u", "HELLO| world" }, { "|HELLO world", "\27l", "hello| world" },
      { "|hELLO world", "\27c\27c", "Hello World|" }, { "hello|", "\27-\27u", "HELLO|" },
      { "a|b", "\27[2~xy", "axy|" }, { "a|中b", "\27[2~x", "ax|b" }, { "|", "\0273x", "xxx|" },
      { "|", "\22\3", "\3|" },
      { "|", "\27\t", "\t|" }, { "a|", "\0272\27\t", "a\t\t|" },
      { "|", "\0274\0270-", ("-"):rep(40) .. "|" },
      { "|", "abc \127\127d\31", "ab|" }, { "x|", "abc\27b\11\31", "|xabc" },
      { "x|", "abc\27b\11\31\31", "x|" },
      { "x|", "abc\27b\11\27r", "x|" }, { "x|", "ab\27[200~cd\27[201~ef\31", "xabcd|" },
      { "x|", "ab\27[200~cd\27[201~ef\31\31", "xab|" },
    })
  end)

  it("is understood cut at every byte, and swallowed when nobody knows it", function(expect)
    local keys = "ab中\u{301}é\27[D\27[1;5D\27OH\27[200~p\27[20q中\27[201~\27f\24\24\27[1;99Z\27O5Q\27[?1;2c"
      .. "\27]11;rgb:0/0/0\27\\\27]0;x\7\27P1$r\27\\\27[[A\27[7$\27[200\27[3~\27\27[9Z\27[M\xFFz"
    local whole = new(80)
    whole.begin "> "
    whole.feed(keys)
    expect(shown(whole.ed), "p\27[20q中ab中\u{301}" .. "é\xFFz|")
    for size = 1, 5 do
      local s = new(80)
      s.begin "> "
      for i = 1, #keys, size do
        s.feed(keys:sub(i, i + size - 1))
        s.check(expect, "cut in " .. size)
      end
      expect(shown(s.ed), shown(whole.ed), "cut in " .. size)
    end
  end)

  it("ends the line, gives it up, or interrupts", function(expect)
    local s = new(20)
    s.begin "> "
    s.feed "one\rtwo\n"
    expect(s.events, { { "line", "one" } })
    s.begin "> "
    s.begin "> "
    s.feed "x\7"
    s.begin "> "
    s.feed "y\3"
    s.begin "> "
    s.feed "\4"
    expect(s.events, { { "line", "one" }, { "line", "two" }, { "cancel" }, { "interrupt" }, { "eot" } })
    expect({ s.t.text(1), s.t.text(2), s.t.text(3), s.t.text(4), s.t.text(5) },
      { "> one", "> two", "> x^G", "> y^C", "> ^D" })
  end)

  it("that is an ESC alone is told by a pause", function(expect)
    local s = new(20, { mode = "vi" })
    s.begin("> ", "abc")
    s.feed "\27"
    expect(s.ed:waiting(), true)
    expect(shown(s.ed), "abc|")
    s.ed:flush()
    expect(s.ed:waiting(), false)
    expect(shown(s.ed), "ab|c")
    local e = new(20)
    e.begin("> ", "a b")
    e.feed "\27"
    e.ed:flush()
    e.feed "b"
    expect(shown(e.ed), "a |b")
  end)

  it("can be bound to commands, functions, macros and names of one's own", function(expect)
    local s = new(40, { owner = "the owner" })
    s.begin "> "
    expect(s.ed:bind_key("C-o", "end-of-line"), true)
    expect.fails("EINVAL", "no such function: no-such", s.ed:bind_key("C-o", "no-such"))
    s.ed:bind_key("C-xz", function(owner, key) s.ed:insert(owner .. key) end)
    s.ed:add_defun("my-command", function() s.ed:insert "mine" end)
    s.ed:bind_key('"\\C-x\\C-y"', "my-command")
    s.ed:bind_key("q", "ding")
    s.feed "\24z,\24\25\1q\15."
    expect(shown(s.ed), "the ownerz,mine.|")
    expect(s.t.bells, 1)
    expect(s.ed:inputrc('set bell-style none\n"\\C-x!": "xyz\\n"\n$if mode=emacs\nC-o: beginning-of-line\n$else\n'
      .. "C-o: ding\n$endif\n# no\n$if mode=vi\nC-o: ding\n$endif\nC-t: nothing\n$include /none"),
      { "EINVAL: no such function: nothing", "ENOENT: not included: /none" })
    expect(s.ed:option "Bell-Style", "none")
    expect(s.ed:option "none", "")
    s.feed "\21\24!"
    expect(s.events, { { "line", "xyz" } })
    s.begin("> ", "ab")
    s.feed "\15|"
    expect(shown(s.ed), "||ab")
    s.ed:bind_macro("C-xl", "x\24l")
    s.feed "\24l"
    expect(#s.ed.line, 1003)
    expect.raises("bind_key: unknown keymap 'none'", function() s.ed:bind_key("a", "ding", "none") end)
  end)

  it("of each name in the inventory is a command", function(expect)
    local s = new(40)
    for name in ([[abort accept-line backward-char backward-delete-char backward-kill-line backward-kill-word
      backward-word beginning-of-history beginning-of-line capitalize-word character-search
      character-search-backward clear-screen complete copy-region-as-kill delete-char delete-horizontal-space
      digit-argument ding downcase-word dump-key dump-macros dump-variables emacs-editing-mode end-of-history
      end-of-line forward-char forward-search-history forward-word insert-comment insert-completions insert-macro
      interrupt isearch-again kill-line kill-region kill-whole-line kill-word next-history
      non-incremental-forward-search-history non-incremental-reverse-search-history overwrite-mode
      poe-wheel-debug possible-completions previous-history quoted-insert re-read-init-file redraw-current-line
      reverse-search-history revert-line search-abort search-finish search-key self-insert set-keymap set-mark
      tab-insert tilde-expand transpose-chars transpose-words undo unix-line-discard unix-word-rubout
      upcase-word vi-append-eol vi-append-mode vi-arg-digit vi-change-case vi-change-char vi-change-to
      vi-char-search vi-column vi-complete vi-delete vi-delete-to vi-editing-mode vi-end-spec vi-end-word
      vi-eof-maybe vi-fetch-history vi-first-print vi-goto-mark vi-insert-beg vi-insertion-mode vi-match
      vi-movement-mode vi-next-word vi-prev-word vi-put vi-redo vi-replace vi-search vi-search-accept
      vi-search-again vi-search-key vi-set-mark vi-spec-beginning-of-line vi-spec-end-of-line
      vi-spec-first-print vi-spec-forward-char vi-spec-mark vi-spec-word vi-subst vi-tilde-expand vi-undo
      vi-yank-arg vi-yank-to yank yank-last-arg yank-nth-arg yank-pop
      history-search-backward history-search-forward]]):gmatch "%S+" do
      expect(s.ed:bind_key("C-o", name), true, name)
      -- None of them may break, wherever it is called.
      s.begin "> "
      s.feed "a\15b\15\7\7\27\15"
      s.ed:set_keymap "emacs"
    end
    for name, map in pairs(s.ed.maps) do
      for sequence, command in pairs(map.binding) do
        expect.yes(command == "bracketed-paste-begin" or s.ed:bind_key("C-o", command),
          name .. sequence)
      end
    end
  end)
end)

describe("vi", function()
  it("moves, changes, and does it again", function(expect)
    edits(expect, {
      { "abc|", "\27", "ab|c" }, { "abc|", "\27hh", "|abc" }, { "one two|", "\0270w", "one |two" },
      { "one two|", "\27b", "one |two" }, { "one, two|", "\0270e", "on|e, two" },
      { "one, two|", "\0270ee", "one|, two" },
      { "one, two|", "\0270W", "one, |two" }, { "one, two|", "\0270E", "one|, two" },
      { "abc|", "\0270x", "|bc" },
      { "abc|", "\0270xp", "b|ac" }, { "one two|", "\0270dw", "|two" },
      { "one two three|", "\0270d2w", "|three" },
      { "one two three|", "\02702dw", "|three" }, { "one two|", "\0270cwx", "x| two" },
      { "one two|", "\0270cwx\27w.", "x |x" },
      { "one two|", "\27dd", "|" }, { "one two|", "\0270D", "|" },
      { "one two|", "\27bD", "one| " }, { "one two|", "\0270Cx", "x|" },
      { "one two|", "\0270d$", "|" }, { "one two|", "\27bd0", "|two" },
      { "one two|", "\27bc^x", "x|two" },
      { "one two|", "\0270yw$p", "one twoone| " }, { "one two|", "\0270fo", "one tw|o" },
      { "one two|", "\0270ft", "one |two" },
      { "one two|", "\0270tw", "one |two" }, { "one two|", "\27Fo", "|one two" },
      { "one two|", "\0270dfe", "| two" },
      { "one two|", "\0270dtw", "|wo" }, { "a.b.c.d|", "\0270f.;x", "a.b|c.d" },
      { "a.b.c.d|", "\27F.F.,x", "a.b.c|d" },
      { "abc|", "\0270rx", "|xbc" }, { "abc|", "\02702rx", "x|xc" }, { "abc|", "\0270~", "A|bc" },
      { "abc|", "\02703~", "AB|C" },
      { "abc|", "\27sx", "abx|" }, { "abc|", "\27Sx", "x|" }, { "  abc|", "\27^", "  |abc" },
      { "abc|", "\0273|", "ab|c" },
      { "f(a[1])|", "\0270%", "f(a[1]|)" }, { "f(a[1])|", "\27%", "f|(a[1])" },
      { "f(a)b|", "\0270ld%", "f|b" },
      { "abc|", "\27Ix", "x|abc" }, { "abc|", "\0270Ax", "abcx|" },
      { "abc|", "\0270ax", "ax|bc" }, { "abc|", "\0270Rxy", "xy|c" },
      { "abc|", "\0270mal`ax", "|bc" }, { "abcd|", "\0270lma$d`a", "a|d" }, { "abc|", "\27xu", "ab|c" },
      { "abc|", "\0270x..", "|" }, { "abc|", "\27X", "a|c" }, { "|", "ab\27", "a|b" },
      { "abc|", "\27dgx", "a|b" },
      { "中文|", "\0270x", "|文" }, { "one two|", "\0270wix\27", "one |xtwo" },
      { "abc|", "\27i\3", "ab|c" },
      { "a|", "\27_", "alast|", history = { "first last" } },
      { "one|", "\27k", "tw|o", history = { "two" } },
      { "|", "\27/w\r", "|two", history = { "two", "one" } },
      { "|", "\27/o\rn", "|two", history = { "two", "one" } },
      { "|", "\27/o\rnN", "|one", history = { "two", "one" } },
      { "|", "\27G", "on|e", history = { "one", "two" } },
      { "|", "\0272G", "tw|o", history = { "one", "two" } },
    }, "vi")
  end)
end)

describe("vi, too", function()
  it("is what the model says, whatever is typed", function(expect)
    local keys = { "\27", "\27", "i", "a", "A", "I", "R", "x", "X", "D", "C", "S", "s", "p", "P",
      "Y", "dd", "d", "c", "y", "w", "b",
      "e", "W", "B", "E", "0", "$", "^", "|", "3", "2", "fa", "tb", ";", ",", "%", "~", "r", "u",
      "U", ".", "j", "k", "G", "n", "/a\r",
      "ma", "`a", "_", "&", "=", "*", "\\", "中", "word ", "(", "[x]", "e\u{301}", "\22\n",
      "\27[200~p\nq\27[201~", "\18",
      "\27[A", "\27[B", "\127", "\r" }
    for seed = 1, expect.heavy(1500) do
      math.randomseed(seed)
      local s = new(math.random(1, 60), { mode = "vi", history = { "one", "two\nlines", "a 中文(b)" },
        complete = function() return {} end })
      s.begin "> "
      local log = {}
      for _ = 1, 25 do
        local key = keys[math.random(#keys)]
        log[#log + 1] = ("%q"):format(key)
        local ended = #s.events
        local ok, message = pcall(s.feed, key)
        if ok and key == "\27" then s.ed:flush() end
        if #s.events > ended then s.begin() end
        local what = ("seed %d, %s"):format(seed, table.concat(log, " "))
        if not ok then return expect(message, nil, what) end
        if not s.check(expect, what) then return end
      end
    end
  end, 30)
end)

describe("history", function()
  it("goes up and down, and keeps what was typed", function(expect)
    local s = new(40, { history = { "one", "two" } })
    s.begin "> "
    s.feed "new\27[A"
    expect(shown(s.ed), "two|")
    s.feed "!\27[A"
    expect(shown(s.ed), "one|")
    s.feed "\27[A"
    expect(s.t.bells, 1)
    s.feed "\27[B"
    expect(shown(s.ed), "two!|")
    s.feed "\27[B"
    expect(shown(s.ed), "new|")
    s.feed "\27<"
    expect(shown(s.ed), "one|")
    s.feed "\27>\r"
    expect(s.events, { { "line", "new" } })
    expect(s.ed:get_history(), { "one", "two" })
  end)

  it("is searched as one types, back and forth", function(expect)
    local s = new(60, { history = { "make all", "ls", "make spec", "cat" } })
    s.begin "> "
    s.feed "x\18ma"
    expect(s.t.text(1), "(reverse-i-search)`ma': make spec")
    s.check(expect, "the search")
    s.feed "\18"
    expect(shown(s.ed), "|make all")
    s.feed "\19"
    expect(shown(s.ed), "|make spec")
    s.feed "zz"
    expect(s.t.text(1), "(failed i-search)`mazz': make spec")
    s.feed "\127\127\5"
    s.check(expect, "afterwards")
    expect(shown(s.ed), "make spec|")
    s.feed "\18l\7"
    expect(shown(s.ed), "make spec|")
    s.feed "\18ls\r"
    expect(s.events, { { "line", "ls" } })
    s.begin "> "
    s.feed "\18cat\27"
    s.ed:flush()
    expect(shown(s.ed), "|cat")
  end)

  it("is searched for what is before the cursor", function(expect)
    local s = new(60, { history = { "make all", "remake", "make spec", "cat" } })
    s.ed:bind_key("M-o", "history-search-backward")
    s.ed:bind_key("M-i", "history-search-forward")
    s.begin "> "
    s.feed "make\27p\27p"
    expect(shown(s.ed), "remake|")
    s.feed "\27n"
    expect(shown(s.ed), "make spec|")
    s.feed "\27>\21ma\27o"
    expect(shown(s.ed), "ma|ke spec")
    s.feed "\27o"
    expect(shown(s.ed), "ma|ke all")
    s.feed "\27i"
    expect(shown(s.ed), "ma|ke spec")
    s.feed "\27>\21\27."
    expect(shown(s.ed), "cat|")
  end)

  it("comes back from a file's text as it was", function(expect)
    local s = new(40)
    local entries = { "one", "two\nlines", "back\\", "slash\\\nnewline", "\\\\", "", "\n",
      "end\\\\\n", "a\\b", "cr\r" }
    s.ed:add_history(table.unpack(entries))
    local text = s.ed:history_text()
    expect(editor.history_entries(text), entries)
    expect(editor.history_entries "a\nb", { "a", "b" })
    expect(editor.history_entries "", {})
    s.begin "> "
    s.feed(("\16"):rep(9))
    expect(shown(s.ed), "two\nlines|")
    s.check(expect, "two lines")
  end)
end)

describe("completion", function()
  local function complete(line, first, last, word)
    local list = {}
    for _, name in ipairs { "alpha", "alphabet", "beta", "中文", "中国" } do
      if name:sub(1, #word) == word then list[#list + 1] = name end
    end
    return list, line:sub(first, last) == "!" and first + 1 or nil
  end

  it("inserts what is common, and lists at the second time", function(expect)
    local s = new(40, { complete = complete })
    s.begin "> "
    s.feed "x al\t"
    expect(shown(s.ed), "x alpha|")
    s.feed "\t"
    expect({ s.t.text(1), s.t.text(2), s.t.text(3) },
      { "> x alpha", "alpha     alphabet", "> x alpha" })
    s.moved(3)
    s.check(expect, "the line again")
    s.feed "b\t"
    expect(shown(s.ed), "x alphabet|")
    s.feed " b\t 中\t"
    expect(shown(s.ed), "x alphabet beta 中|")
    s.feed "\27*"
    expect(shown(s.ed), "x alphabet beta 中文 中国|")
    s.feed " zz\t"
    expect(s.t.bells, 3)
  end)

  it("takes attribs.completion_function, as in POE", function(expect)
    local s = new(40)
    s.ed.attribs.completion_function = function(word, line, cursor)
      expect({ word, line, cursor }, { "wo", "a wo b", 4 })
      return { "word", "other" }
    end
    s.begin("> ", "a wo b")
    s.ed.point = 4
    s.feed "\t"
    expect(shown(s.ed), "a word| b")
  end)

  it("lists in columns that fit, downwards or across", function(expect)
    local names = {}
    for i = 1, 7 do names[i] = "w" .. i .. ("x"):rep(i) end
    local s = new(30, { complete = function() return names end })
    s.begin "> "
    s.feed "w\27?"
    expect({ s.t.text(2), s.t.text(3), s.t.text(4), s.t.text(5) },
      { "w1x        w5xxxxx", "w2xx       w6xxxxxx", "w3xxx      w7xxxxxxx", "w4xxxx" })
    s.ed:set_option("print-completions-horizontally", "on")
    s.feed "\27?"
    expect({ s.t.text(7), s.t.text(8) }, { "w1x        w2xx", "w3xxx      w4xxxx" })
  end)
end)

describe("a paste", function()
  it("is text, however it is cut, and one change", function(expect)
    for size = 1, 20 do
      local s = new(40, { bracketed_paste = true })
      s.begin "> "
      local keys = "a\27[200~one\rtwo\r\nthree\t\27[A\3\27[201~b"
      for i = 1, #keys, size do s.feed(keys:sub(i, i + size - 1)) end
      expect(shown(s.ed), "aone\ntwo\nthree\t\27[A\3b|")
      s.check(expect, "the paste")
      s.feed "\r"
      expect(#s.events, 1)
    end
  end)

  it("of ten thousand lines takes no time, and typing in it goes on", function(expect)
    local s = new(80, { bracketed_paste = true, lines = 24 })
    local written = 0
    s.ed.write = function(bytes) written = written + #bytes end
    local lines = {}
    for i = 1, expect.heavy(10000) do lines[i] = "line number " .. i .. " of many that are pasted 中" end
    local text = "\27[200~" .. table.concat(lines, "\r") .. "\27[201~"
    s.begin "> "
    local started = os.clock()
    for i = 1, #text, 4096 do s.feed(text:sub(i, i + 4095)) end
    expect(s.ed.line, table.concat(lines, "\n"))
    for _ = 1, 5 do s.feed "x\27[A" end
    s.feed "\r"
    local took = os.clock() - started
    expect(#s.events, 1)
    expect.yes(written < 20000, "written " .. written)
    expect.yes(took < 3, "took " .. took)
  end)
end)

describe("an editor", function()
  it("goes off the screen and comes back, with lines above it", function(expect)
    local s = new(10)
    s.begin "> "
    s.feed "hello world, how\2\2"
    s.ed:hide()
    expect({ s.t.row, s.t.column, s.t.text(1), s.t.text(2) }, { 1, 0, "", "" })
    s.feed "!"
    expect(s.t.text(1), "")
    s.t.write "out\r\n"
    s.ed:show()
    s.moved(2)
    s.check(expect, "shown")
    s.ed:above "one\ntwo"
    s.moved(4)
    s.check(expect, "above")
    expect({ s.t.text(1), s.t.text(2), s.t.text(3) }, { "out", "one", "two" })
  end)

  it("shows a part of what is higher than the terminal", function(expect)
    local s = new(20, { lines = 4 })
    local lines = {}
    for i = 1, 9 do lines[i] = "line " .. i end
    s.begin("> ", table.concat(lines, "\n"))
    local function window() return { s.t.text(1), s.t.text(2), s.t.text(3), s.t.text(4), s.t.row,
      s.t.column } end
    expect(window(), { "line 6", "line 7", "line 8", "line 9", 4, 6 })
    s.feed "\27[A\27[A\27[A\27[A"
    expect(window(), { "line 5", "line 6", "line 7", "line 8", 1, 6 })
    s.feed "x\27[B"
    expect(window(), { "line 5x", "line 6", "line 7", "line 8", 2, 6 })
    s.feed "\r"
    expect({ s.t.text(4), s.t.row }, { "line 9", 5 })
  end)

  it("shows a window of it around the cursor, whatever is typed", function(expect)
    local keys = { "word ", "中", "\22\n", "\27[200~a\nb\nc\27[201~", "\27[A", "\27[A", "\27[A",
      "\27[B", "\27[B", "\1", "\5",
      "\2", "\6", "\11", "\21", "\25", "\31", "\127", "\23" }
    for seed = 1, expect.heavy(500) do
      math.randomseed(seed)
      local lines = math.random(1, 6)
      local s = new(math.random(2, 20), { lines = lines })
      s.begin "> "
      for _ = 1, 30 do
        s.feed(keys[math.random(#keys)])
        local rows, row, column = model("> ", s.ed.line, s.ed.point, s.t.columns)
        local first = row - s.t.row + 1
        local wanted, got = table.move(rows, first, math.min(#rows, first + lines - 1), 1, {}), {}
        for i = 1, #s.t.rows do got[i] = s.t.text(i) end
        while #got > #wanted and got[#got] == "" do got[#got] = nil end
        if table.concat(got, "\n") ~= table.concat(wanted,
          "\n") or s.t.column ~= column or s.t.row > lines then
          return expect({ got, s.t.column, s.t.row }, { wanted, column, row - first + 1 },
            "seed " .. seed)
        end
        if #wanted < math.min(#rows, lines) then return expect(#wanted, lines, "seed " .. seed) end
      end
    end
    expect.yes(true)
  end, 20)

  it("follows the width of the terminal", function(expect)
    for _, case in ipairs { { 20, 10 }, { 10, 20 }, { 20, 7 }, { 7, 1 }, { 1, 30 }, { 30, 200 } } do
      local from, to = case[1], case[2]
      local s = new(from, { reflows = false })
      s.begin "> "
      s.feed "hello 中文 world, this is a line\27[D"
      s.check(expect, "before")
      -- A terminal that cuts or pads its rows.
      for _, row in ipairs(s.t.rows) do
        for i = to + 1, from do row[i] = nil end
        if row[to + 1] == false then row[to] = nil end
      end
      s.t.columns = to
      s.t.column = math.min(s.t.column, to - 1)
      s.ed:resize(to)
      s.check(expect, ("from %d to %d"):format(from, to))
    end
  end)

  it("follows the width of a terminal that wraps lines anew", function(expect)
    for seed = 1, expect.heavy(1000) do
      math.randomseed(seed)
      local from, to = math.random(2, 60), math.random(2, 60)
      local s = new(from)
      local parts = {}
      for i = 1, math.random(0, 40) do
        parts[i] = ({ "word ", "中", "a", "\n", "文中", "x\u{301}" })[math.random(6)]
      end
      s.begin("\27[1m中>\27[m ", table.concat(parts))
      s.feed(("\2"):rep(math.random(0, 10)))
      -- Twice: what the first drawing leaves behind has to be right, too.
      for _, columns in ipairs { to, from } do
        s.t.resize(columns)
        s.ed:resize(columns)
        if not s.check(expect, ("seed %d, from %d to %d"):format(seed, from, to)) then return end
      end
    end
  end)

  it("asks whether the line is whole", function(expect)
    local s = new(40, { accept = function(line) return line:sub(-1) == ";" end })
    s.begin "> "
    s.feed "a\rb;\r"
    expect(s.events, { { "line", "a\nb;" } })
  end)

  it("begins the next line by itself when it is told to", function(expect)
    local s = new(40, { continuous = true })
    s.begin "> "
    local n = expect.heavy(10000)
    s.ed.write = function() end
    s.feed(("line\r"):rep(n) .. "x\3y")
    expect(#s.events, n + 1)
    expect(s.events[n + 1], { "interrupt" })
    expect(shown(s.ed), "y|")
  end)

  it("keeps what is typed ahead", function(expect)
    local s = new(40)
    s.feed "one\rtw"
    expect(s.events, {})
    s.begin "> "
    expect(s.events, { { "line", "one" } })
    s.feed "o"
    s.begin "> "
    expect(shown(s.ed), "two|")
  end)

  it("says what is wrong with its parameters", function(expect)
    expect.raises("editor: write required", function() editor.new {} end)
    expect.raises("editor: unknown field 'x'", function() editor.new { x = 1 } end)
    expect.raises("editor: columns must be a positive integer, got 0",
      function() editor.new { columns = 0 } end)
    expect.raises('editor: mode must be "emacs" or "vi", got "x"', function()
      editor.new { write = print, mode = "x" }
    end)
  end)
end)
