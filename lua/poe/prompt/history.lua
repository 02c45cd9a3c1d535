--- A prompt's history on disk: one file for all prompts of a user, each entry once.
---
--- An entry is appended in one write when its statement is run, so that prompts side by side lose nothing of
--- each other's.  When the file has become much longer than what is kept it is written anew, beside the old
--- one, and renamed.
local core = ...
local editor = core.require "poe.editor"

local history = {}

local MOST <const> = 1000 --- entries kept

---@class poe.prompt.history
---@field entries string[]  oldest first
---@field path? string      nil: not kept on disk
---@field editor poe.editor
local History = {}
History.__index = History

--- $XDG_STATE_HOME/poe/history, as the XDG base directory specification has it: a folder that is not
--- absolute does not count.
---@return string? path  nil: there is no home
function history.path()
  local state, home = os.getenv "XDG_STATE_HOME", os.getenv "HOME"
  if state and state:find "^/" then return state .. "/poe/history" end
  return home and home ~= "" and home .. "/.local/state/poe/history" or nil
end

--- The entries without those that come again later, and the last MOST of these.
local function once(entries)
  local seen, kept = {}, {}
  for i = #entries, 1, -1 do
    local entry = entries[i]
    if not seen[entry] and #kept < MOST then
      seen[entry] = true
      kept[#kept + 1] = entry
    end
  end
  for i = 1, #kept // 2 do kept[i], kept[#kept + 1 - i] = kept[#kept + 1 - i], kept[i] end
  return kept
end

--- Writes the file anew.  What fails leaves the old one.
local function rewrite(self)
  local fresh = ("%s.%d"):format(self.path, core.pid())
  os.remove(fresh)
  if not core.append_private(fresh, self.editor:history_text(self.entries)) or not os.rename(fresh, self.path) then
    os.remove(fresh)
  end
end

--- Reads the history for `ed`, an editor.
---@param ed poe.editor
---@param path? string
---@return poe.prompt.history
---@return string? message  it could not be read; later entries are not written either
function history.open(ed, path)
  local self = setmetatable({ entries = {}, path = path, editor = ed }, History)
  local message, number
  if path then
    local file, text
    file, message, number = io.open(path, "rb")
    if file then
      text, message, number = file:read "a"
      file:close()
    end
    if text then
      local all = editor.history_entries(text)
      self.entries = once(all)
      if #all > 2 * MOST then rewrite(self) end
    elseif number ~= 2 then -- ENOENT: the first prompt
      self.path = nil
    else
      message = nil
    end
  end
  ed:replace_history(self.entries)
  return self, message
end

--- Adds an entry, which is not there any more further up.
---@param entry string
---@return string? message  it could not be written; later ones are not tried
function History:add(entry)
  local entries = self.entries
  if entry:find "^%s*$" or entry == entries[#entries] then return end
  entries[#entries + 1] = entry
  self.entries = once(entries)
  self.editor:replace_history(self.entries)
  if not self.path then return end
  local ok, message = core.append_private(self.path, self.editor:history_text { entry })
  if not ok then
    self.path = nil
    return message
  end
end

return history
