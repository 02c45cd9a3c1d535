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
    return table.concat(got, "\n") == table.concat(rows, "\n") and t.row - top + 1 == row and t.column == column
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
    local typed = { "a", "b", " ", "word ", "(x)", "é", "中", "文", "😀", "한", "\u{301}", "e\u{301}", "👩\u{200D}👩",
      "\u{FE0F}", "\xFF", "\xE4\xB8", "\xAD", "\t", "\22\t", "\22\1", "\22\n", "0123456789", "中中中中中" }
    local keys = { "\1", "\2", "\5", "\6", "\4x", "\127", "\8", "\11", "\21", "\23", "\25", "\20", "\31", "\27b", "\27f",
      "\27d", "\27u", "\27c", "\27l", "\27t", "\27y", "\27\\", "\27 ", "\27r", "\27[A", "\27[B", "\27[C", "\27[D",
      "\27[H", "\27[F", "\27[3~", "\27[2~", "\16", "\14", "\27<", "\27>", "\0273", "\24\7", "\18a", "\18\18", "\19b",
      "\7", "\27[200~p\nq中\r\nr\27[201~", "\27[1;5C", "\27OC", "\27OD", "\29a", "\27[12;34Z", "\r", "\27-\6", "\27.",
      "\27p", "\27n" }
    local count = 0
    for seed = 1, expect.heavy(400) do
      math.randomseed(seed)
      local columns = seed <= 200 and seed or math.random(1, 30)
      local s = new(columns, { history = { "one", "two\nlines", "中文 three\n\nlast", ("long "):rep(30) } })
      local prompts = { "> ", "", "中> ", "\27[1mbold\27[m> ", "a\nb> ", "prompt \27[32mwide中\27[0m$ " }
      s.begin(prompts[seed % #prompts + 1])
      local log = {}
      for _ = 1, 40 do
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
    expect.yes(count >= expect.heavy(400) * 40)
  end, 60)
end)
