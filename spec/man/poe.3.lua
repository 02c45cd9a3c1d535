--- Writes poe(3) from the comments of the public headers: the build's, to standard output.
---   lua5.4 spec/man/poe.3.lua runtime/poe.h bindings/poelib.h
---
--- A paragraph of a header, from blank line to blank line, becomes an entry: its declarations, then its
--- comment; a heading `/* -- name -- */` a subsection.  The comment at a header's top introduces it.

local function slurp(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

--- A line of text as roff sees it.
local function escape(text)
  text = text:gsub("\\", "\\e"):gsub("`([^`]*)`", "\1%1\2"):gsub("^[.']", "\\&%0")
  return (text:gsub("\1", "\\fI"):gsub("\2", "\\fR"))
end

local out = {}
local function emit(line, ...)
  out[#out + 1] = select("#", ...) > 0 and line:format(...) or line
end

--- Text as lines of input: a sentence begins on a line of its own, as mdoc wants it, and lines stay short.
local function emit_sentences(text)
  for sentence in (text:gsub("([%.:?]%)?)  +(%S)", "%1\n%2") .. "\n"):gmatch "([^\n]*)\n" do
    local line = ""
    for word in sentence:gmatch "%S+" do
      if line ~= "" and #escape(line) + #escape(word) > 78 then
        emit("%s", escape(line))
        line = word
      else
        line = line == "" and word or line .. " " .. word
      end
    end
    if line ~= "" then emit("%s", escape(line)) end
  end
end

--- A comment: paragraphs, between empty lines, and in them lists: a word, two blanks, what it means; the
--- following lines are indented.
local function emit_text(comment)
  local text = comment:gsub("^/%*+ ?", " * "):gsub("%s*%*/%s*$", "")
  local buffer, in_list, any = {}, false, false
  local function flush()
    if #buffer > 0 then emit_sentences(table.concat(buffer, " ")) end
    buffer = {}
  end
  local function list(open)
    if in_list ~= open then
      flush()
      emit(open and ".Bl -tag -width Ds" or ".El")
      in_list = open
    end
  end
  local pending = false
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    local indent, plain = line:gsub("^%s*%*", "", 1):match "^(%s*)(.-)%s*$"
    local word, meaning = plain:match "^([%w_]+)  +(%S.*)$"
    if plain == "" then
      flush()
      list(false)
      pending = any
    elseif word and #indent <= 3 and word:upper() ~= "NULL" then
      flush()
      list(true)
      emit(".It %s", word)
      buffer[1] = meaning:gsub("([%.?]%)?)$", "%1 ")
      pending, any = false, true
    else
      if #indent <= 3 then list(false) end
      if pending then emit ".Pp" end
      buffer[#buffer + 1] = plain:gsub("([%.?]%)?)$", "%1 ")
      pending, any = false, true
    end
  end
  flush()
  list(false)
end

--- Splits a header's body into comments and declarations.
local function paragraphs(source)
  local list, current = {}, {}
  local in_comment, depth, any = false, 0, false
  for line in (source .. "\n"):gmatch "([^\n]*)\n" do
    if line:match "^%s*$" and not in_comment and depth == 0 then
      if any then list[#list + 1] = table.concat(current, "\n") end
      current, any = {}, false
    else
      current[#current + 1] = line
      any = true
      local code = line
      if in_comment then
        local rest = code:match "%*/(.*)$"
        if rest then in_comment, code = false, rest else code = "" end
      end
      code = code:gsub("/%*.-%*/", "")
      if code:find "/%*" then
        in_comment = true
        code = code:gsub("/%*.*$", "")
      end
      local _, open = code:gsub("{", "")
      local _, close = code:gsub("}", "")
      depth = depth + open - close
    end
  end
  if any then list[#list + 1] = table.concat(current, "\n") end
  return list
end

--- Takes the comments that stand before or between declarations out of a paragraph.
local function entry(text)
  local comments, code = {}, {}
  local rest = text
  while rest ~= "" do
    local comment, after = rest:match "^%s*(/%*.-%*/)[ \t]*\n?(.*)$"
    if comment then
      comments[#comments + 1] = comment
      rest = after
    else
      -- one declaration: up to the line that ends it
      local lines, depth, in_comment = {}, 0, false
      repeat
        local line
        line, rest = rest:match "^([^\n]*)\n?(.*)$"
        lines[#lines + 1] = line
        local bare = line:gsub("/%*.-%*/", "")
        if in_comment then bare = bare:match "%*/(.*)$" or "" end
        if line:find "/%*" and not line:match "/%*.-%*/" then in_comment = true end
        if line:find "%*/" then in_comment = false end
        bare = bare:gsub("/%*.*$", "")
        local _, open = bare:gsub("[{(]", "")
        local _, close = bare:gsub("[})]", "")
        depth = depth + open - close
      until rest == "" or depth == 0 and not in_comment
        and (bare:match ";%s*$" or bare:match "^#" and not bare:match "\\$")
      code[#code + 1] = table.concat(lines, "\n")
    end
  end
  return comments, code
end

local skipped = { ["^#if"] = true, ["^#end"] = true, ["^#include"] = true, ["^extern \"C\""] = true,
                  ["^}"] = true, ["^#ifndef"] = true, ["^#define POE_H"] = true, ["^#define POELIB_H"] = true }

local function is_plumbing(text)
  for pattern in pairs(skipped) do
    if text:match(pattern) then return true end
  end
  return text:find "#define POE_API" ~= nil
end

--- A header: its introduction, and its entries by section.
local function header(path)
  local source = slurp(path)
  source = source:gsub("#ifdef __cplusplus\n.-#endif\n", "") -- its braces close nothing here
  local intro, body = source:match "^(/%*.-%*/)\n(.*)$"
  local listed = {}
  emit(".Ss %s", path:match "[^/]+$")
  emit_text((intro:gsub("^/%*\n %* [^\n]*\n %*\n", "/*\n", 1)))
  for _, text in ipairs(paragraphs(body)) do
    local heading = text:match "^/%* %-%- (.-) %-+ %*/$"
    if heading then
      emit(".Ss %s", heading:sub(1, 1):upper() .. heading:sub(2))
    elseif not is_plumbing(text) and not text:match "^/%*[^\n]*%*/\n#ifndef" then
      local comments, code = entry(text)
      if #code > 0 then
        emit ".Bd -literal"
        for _, declaration in ipairs(code) do
          for line in (declaration .. "\n"):gmatch "([^\n]*)\n" do
            emit("%s", (line:gsub("POE_API ", ""):gsub("\\", "\\e"):gsub("^[.']", "\\&%0")))
          end
          listed[#listed + 1] = declaration
        end
        emit ".Ed"
      end
      for i, comment in ipairs(comments) do
        if i > 1 or #code > 0 then emit ".Pp" end
        emit_text(comment)
      end
    end
  end
end

emit [[
.\" Made from the headers by spec/man/poe.3.lua.
.Dd November 24, 2026
.Dt POE 3
.Os
.Sh NAME
.Nm poe
.Nd sessions and events for C programs, with and without Lua
.Sh SYNOPSIS
.In poe.h
.In poelib.h
.Pp
.Dl cc host.c $(pkg-config --cflags --libs poe)
.Sh DESCRIPTION
.In poe.h
has the kernel, which has never heard of Lua;
.In poelib.h
opens one in a
.Vt lua_State .
Both may be included by C and C++.
Option structs begin with their size.]]
for _, path in ipairs(arg) do header(path) end
emit [[
.Sh SEE ALSO
.Xr poe 1 ,
.Xr poe 7]]
io.write(table.concat(out, "\n"), "\n")
