--- What an editor's prompt and line look like in rows of a given width, and how to make a terminal show it.
---
--- layout() puts text into rows of cells; a Screen remembers the rows that the terminal shows and where its
--- cursor is, and writes only what differs.  It never asks the terminal anything.  A terminal that has
--- written its last column waits there ("pending"): our column is then `columns`, and nothing but
--- the next character, or a CR, is written in that state, since terminals differ in all else.
---
--- A line that fills its last row exactly has one more, empty row: its end has to be somewhere.
local require = require or (...).require
local unicode = require "poe.editor.unicode"
local byte, find, rep, sub = string.byte, string.find, string.rep, string.sub
local concat, max, min = table.concat, math.max, math.min
local decode, width, printable = unicode.decode, unicode.width, unicode.printable

---@class poe.editor.row
---@field text string     what is written for it, but for styles
---@field width integer   columns
---@field cells? table    by column: what the cell holds, false right of a wide character; nil: text is ASCII
---@field styles? table   by column: the SGR sequences that its cell is written under
---@field soft? boolean   the text goes on in the next row
---@field fit? integer    of a soft row: its columns without those that a wide character left free

local screen = {}

-- rows -----------------------------------------------------------------------------------------

local Pen = {}
Pen.__index = Pen

local function new_row()
  return { cells = {}, width = 0 }
end

local function new_pen(columns)
  return setmetatable({ columns = columns, rows = {}, row = new_row(), column = 0 }, Pen)
end

--- Ends the row.
function Pen:feed(soft)
  local row = self.row
  if soft and self.column < self.columns then
    row.fit = self.column
    for i = self.column + 1, self.columns do row.cells[i] = " " end
    self.column = self.columns
  end
  row.width, row.soft = self.column, soft
  local parts, n = {}, 0
  for i = 1, row.width do
    if row.cells[i] then
      n = n + 1
      parts[n] = row.cells[i]
    end
  end
  row.text = concat(parts)
  self.rows[#self.rows + 1] = row
  self.row, self.column = new_row(), 0
end

--- Puts one character of one or two columns.
function Pen:put(text, columns, style)
  if columns > self.columns then text, columns = "?", 1 end
  if self.column + columns > self.columns then self:feed(true) end
  local row, column = self.row, self.column + 1
  row.cells[column] = text
  if columns == 2 then row.cells[column + 1] = false end
  if style then
    local styles = row.styles or {}
    row.styles, styles[column] = styles, style
  end
  self.last, self.column = column, self.column + columns
end

--- Puts each byte of printable ASCII.
function Pen:puts(text, style)
  for i = 1, #text do self:put(sub(text, i, i), 1, style) end
end

--- Puts the cluster that begins at byte `i`; returns behind it.  Marks that have nothing to join, control
--- characters and bytes that are no UTF-8 are shown by name.
function Pen:cluster(s, i, style)
  local code, length = decode(s, i)
  if not code then
    self:puts(("<%02X>"):format(byte(s, i)), style)
    return i + 1
  elseif code == 9 then
    if self.column >= self.columns then self:feed(true) end
    self:puts(rep(" ", min(8 - self.column % 8, self.columns - self.column)), style)
    return i + 1
  elseif code < 0x20 or code == 0x7F then
    self:puts("^" .. string.char(code ~ 0x40), style)
    return i + 1
  elseif not printable(code) or code >= 0x300 and width(code) == 0 then
    self:puts(("<U+%04X>"):format(code), style)
    return i + length
  end
  local behind = unicode.cluster_end(s, i)
  local columns = width(code)
  if behind == i + length then
    self:put(sub(s, i, behind - 1), columns, style)
    return behind
  end
  -- Each character of two columns is a cell; the marks go with the one before them.
  local from = i
  i = i + length
  while i <= behind do
    local w = 2
    if i < behind then
      code, length = decode(s, i)
      w = width(code)
    end
    if w > 0 then
      local text = sub(s, from, i - 1)
      self:put(text, columns, style)
      from, columns = i, w
    end
    i = i + length
  end
  return behind
end

--- Puts a whole line and ends its last row.  Returns in which row and column byte `at` of it is.
function Pen:line(line, at)
  local i, row, column = 1, nil, nil
  while i <= #line do
    if at == i - 1 then row, column = #self.rows, self.column end
    local behind = self:cluster(line, i)
    if row and at == i - 1 then
      local full = self.rows[row + 1]
      if column == (full and full.fit or self.columns) then row, column = row + 1, 0 end
    end
    i = behind
  end
  if self.column == self.columns then self:feed(true) end
  if at == #line then row, column = #self.rows, self.column end
  self:feed()
  if row then return row + 1, column end
end

--- Cells of printable ASCII.
local function ascii_cells(row)
  local cells, text = {}, row.text
  for i = 1, #text do cells[i] = sub(text, i, i) end
  row.cells = cells
  return cells
end

local ODD <const> = "[^\x20-\x7e]"

--- The rows of a line that begins at the left edge.
local function line_rows(line, columns)
  if find(line, ODD) then
    local pen = new_pen(columns)
    pen:line(line)
    return pen.rows
  end
  local rows, n = {}, 0
  for i = 1, #line, columns do
    local text = sub(line, i, i + columns - 1)
    n = n + 1
    rows[n] = { text = text, width = #text, soft = #text == columns or nil }
  end
  if n == 0 or rows[n].soft then rows[n + 1] = { text = "", width = 0 } end
  return rows
end

--- Puts a line of printable ASCII and ends its last row.
function Pen:ascii(line)
  local rows = self.rows
  if self.column > 0 then
    local room = self.columns - self.column
    self:puts(sub(line, 1, room))
    if #line < room then return self:feed() end
    self:feed(true)
    line = sub(line, room + 1)
  end
  local more = line_rows(line, self.columns)
  table.move(more, 1, #more, #rows + 1, rows)
end

--- A prompt's text as pieces: characters with their style, and what is written before it without a
--- place (a window's title).  \1 and \2, which readline wants around what has no width, are left out.
---@param prompt string
local function parse_prompt(prompt)
  local pieces, prefix, style, i = {}, {}, nil, 1
  while i <= #prompt do
    local b = byte(prompt, i)
    if b == 27 then
      local params, final, behind = prompt:match("^%[([0-?]*[ -/]*)([@-~])()", i + 1)
      local behind_text = prompt:match("^[%]P_^X][^\7\27]*\7()", i + 1)
        or prompt:match("^[%]P_^X][^\7\27]*\27\\()", i + 1)
      if final == "m" then
        if params == "" or params == "0" then
          style = nil
        else
          style = (params:find "^0;" and "" or style or "") .. sub(prompt, i, behind - 1)
        end
      elseif behind_text then
        prefix[#prefix + 1] = sub(prompt, i, behind_text - 1)
      end
      i = behind or behind_text or i + 2
    elseif b == 1 or b == 2 or b == 13 then
      i = i + 1
    elseif b == 10 then
      pieces[#pieces + 1] = { text = "\n" }
      i = i + 1
    else
      local behind = unicode.cluster_end(prompt, i)
      pieces[#pieces + 1] = { text = sub(prompt, i, behind - 1), style = style }
      i = behind
    end
  end
  return { pieces = pieces, prefix = concat(prefix) }
end
screen.parse_prompt = parse_prompt

--- The rows of prompt and line, and where in them byte `point` of the line is.
---@param prompt table      what parse_prompt gave
---@param line string
---@param point integer     bytes before the cursor; a cluster begins there
---@param columns integer
---@param cache table       rows by line; lines that are not met again are dropped
---@return poe.editor.row[] rows
---@return integer row      from 1
---@return integer column   from 0
---@return table cache      for the next time
function screen.layout(prompt, line, point, columns, cache)
  local pen = new_pen(columns)
  for _, piece in ipairs(prompt.pieces) do
    if piece.text == "\n" then
      if pen.column == columns then pen:feed(true) end
      pen:feed()
    else
      pen:cluster(piece.text, 1, piece.style)
    end
  end
  local rows, fresh = pen.rows, {}
  local from, at_row, at_column = 1, nil, nil
  while true do
    local newline = find(line, "\n", from, true)
    local last = newline and newline - 1 or #line
    local text = (from > 1 or newline) and sub(line, from, last) or line
    local at = point - from + 1
    local here = at >= 0 and at <= #text
    if from > 1 then pen.column = 0 end
    if not find(text, ODD) then
      if here then
        at_row = #rows + 1 + (pen.column + at) // columns
        at_column = (pen.column + at) % columns
      end
      pen:ascii(text)
    elseif here or pen.column > 0 then
      local row, column = pen:line(text, here and at)
      at_row, at_column = row or at_row, column or at_column
    else
      local cached = fresh[text] or cache[text] or line_rows(text, columns)
      fresh[text] = cached
      table.move(cached, 1, #cached, #rows + 1, rows)
    end
    if not newline then break end
    from = newline + 1
  end
  return rows, at_row, at_column, fresh
end

-- the terminal ---------------------------------------------------------------------------------

---@class poe.editor.Screen
---@field columns integer
---@field lines? integer            of the terminal: no more rows are shown; nil: all are
---@field private out fun(s: string)
---@field private shown? poe.editor.row[]  what the terminal shows; nil: nothing
---@field private exists integer    rows from our first on that the cursor can go to
---@field private top integer       which of all rows is the first shown
---@field private row integer       the cursor's, from 1
---@field private column integer    from 0; `columns`: pending
local Screen = {}
Screen.__index = Screen

---@param columns integer
---@param lines? integer
function screen.new(columns, lines)
  return setmetatable({ columns = columns, lines = lines, exists = 1, top = 1, row = 1, column = 0,
    buffer = {} }, Screen)
end

function Screen:emit(text)
  local buffer = self.buffer
  buffer[#buffer + 1] = text
end

--- What is to be written since the last time.
---@return string
function Screen:take()
  local buffer = self.buffer
  if not buffer[1] then return "" end
  self.buffer = {}
  return concat(buffer)
end

local function csi(n, final)
  return n == 1 and "\27[" .. final or "\27[" .. n .. final
end

--- Moves the cursor to a row that may have to be made, and a column.
function Screen:move(row, column)
  if self.column == self.columns then
    if row == self.row and column == self.columns then return end
    self:emit "\r"
    self.column = 0
  end
  if row > self.exists then
    if self.exists > self.row then self:emit(csi(self.exists - self.row, "B")) end
    self:emit(rep("\r\n", row - self.exists))
    self.exists, self.row, self.column = row, row, 0
  elseif row < self.row then
    self:emit(csi(self.row - row, "A"))
  elseif row > self.row then
    self:emit(csi(row - self.row, "B"))
  end
  self.row = row
  local left = self.column - column
  if left > 0 then
    self:emit(column == 0 and "\r" or left <= 3 and rep("\b", left) or csi(left, "D"))
  elseif left < 0 then
    self:emit(csi(-left, "C"))
  end
  self.column = column
end

local EMPTY <const> = { text = "", width = 0, cells = {} }

local function same_row(a, b)
  if a == b then return true end
  if a.text ~= b.text or a.width ~= b.width then return false end
  local one, other = a.styles, b.styles
  if one == other then return true end
  one, other = one or EMPTY, other or EMPTY
  for i = 1, a.width do
    if one[i] ~= other[i] then return false end
  end
  return true
end

--- Makes row `at` of the terminal, which shows `old`, show `new`.  `before` is the new row above it,
--- `on`: there is one below that has to be made.
function Screen:write_row(at, old, new, before, on)
  local oc, nc = old.cells or ascii_cells(old), new.cells or ascii_cells(new)
  local os, ns = old.styles or EMPTY, new.styles or EMPTY
  local a, b = 1, new.width
  while a <= b and oc[a] == nc[a] and os[a] == ns[a] do a = a + 1 end
  if on and new.soft then
    a = min(a, b)
    while nc[a] == false do a = a - 1 end
  elseif old.width == b then
    while b > a and oc[b] == nc[b] and os[b] == ns[b] do b = b - 1 end
    while nc[b + 1] == false do b = b + 1 end
  end
  local wraps = self.column == self.columns and self.row == at - 1 and before and before.soft
  if wraps and (a == 1 or new.width == 0) then
    -- The terminal goes to the next row by itself, and knows then that the text goes on there.
    if b < a then self:emit " \r" end
    self.row, self.column, self.exists = at, 0, max(at, self.exists)
  else
    self:move(at, a - 1)
  end
  local style
  for i = a, b do
    local cell = nc[i]
    if cell then
      if ns[i] ~= style then
        if style then self:emit "\27[m" end
        style = ns[i]
        if style then self:emit(style) end
      end
      self:emit(cell)
    end
  end
  if style then self:emit "\27[m" end
  self.column = max(b, self.column)
  if b == new.width and old.width > b then self:emit "\27[K" end
end

--- Shows these rows and puts the cursor there.
---@param rows poe.editor.row[]
---@param row integer
---@param column integer
function Screen:draw(rows, row, column)
  local lines = self.lines
  if lines and #rows > lines then
    local top = max(min(self.top, row), row - lines + 1)
    top = min(top, #rows - lines + 1)
    rows = table.move(rows, top, top + lines - 1, 1, {})
    self.top, row = top, row - top + 1
  else
    self.top = 1
  end
  local shown = self.shown or {}
  for i = 1, #rows do
    local old, new = shown[i] or EMPTY, rows[i]
    local on = i >= self.exists and i < #rows
    if i > self.exists or not same_row(old, new) or on and new.soft then
      self:write_row(i, old, new, rows[i - 1], on)
    end
  end
  for i = #rows + 1, #shown do
    if shown[i].width > 0 then
      self:move(#rows + 1, 0)
      self:emit "\27[J"
      break
    end
  end
  self.shown = rows
  self:move(row, column)
end

--- Takes all that is shown away; the cursor is then where the first row was.
function Screen:hide()
  if not self.shown then return end
  self:move(1, 0)
  self:emit "\27[J"
  self:forget()
end

--- Begins anew where the terminal's cursor is, in the first column.
function Screen:forget()
  self.shown, self.exists, self.row, self.column, self.top = nil, 1, 1, 0, 1
end

--- Leaves what is shown as it is and goes to the left edge below it.
function Screen:leave()
  local shown = self.shown
  if not shown then return end
  local n = #shown
  self:move(n, self.row == n and self.column or 0)
  if n > 1 and shown[n].width == 0 and shown[n - 1].soft then
    self:emit(self.column > 0 and "\r" or "")
  else
    self:emit "\r\n"
  end
  self:forget()
end

--- How many rows are above the cursor when a terminal of another width has wrapped them anew.
local function rows_above(shown, row, column, columns)
  local above, at = 0, 0
  for i = 1, row do
    local cells = shown[i].cells or ascii_cells(shown[i])
    for c = 1, i == row and column or shown[i].width do
      if cells[c] ~= false then
        local wide = cells[c + 1] == false and 2 or 1
        if at + wide > columns then above, at = above + 1, 0 end
        at = at + wide
      end
    end
    -- An empty row behind a full one was come to by writing a blank.
    if i < row and shown[i].width == 0 and i > 1 and shown[i - 1].soft then
      if at + 1 > columns then above = above + 1 end
      at = 1
    end
    -- The cursor is at a cell, which may have gone to the next row.
    if i == row and at + (cells[column + 2] == false and 2 or 1) > columns then
      above = above + 1
    elseif i < row and not shown[i].soft then
      above, at = above + 1, 0
    end
  end
  return above
end

--- The terminal has another size now.  Takes away what it shows, in the place where it has
--- moved it: one that wraps lines by itself wraps them anew, and the cursor stays at its character.
---@param columns integer
---@param lines? integer
---@param reflows boolean  does it?
function Screen:resize(columns, lines, reflows)
  local shown, above = self.shown, self.row - 1
  if shown and columns ~= self.columns and reflows then
    above = rows_above(shown, self.row, min(self.column, self.columns - 1), columns)
  end
  self.columns, self.lines = columns, lines
  if shown then
    if lines then above = min(above, lines - 1) end
    self:emit(above > 0 and "\r" .. csi(above, "A") .. "\27[J" or "\r\27[J")
    self:forget()
  end
end

return screen
