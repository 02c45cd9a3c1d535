--- Commands of the shell, several at a time: as many as the environment's LANES says, or one per core.
---   local pool = dofile "spec/pool.lua"
local function cores()
  local pipe <close> = assert(io.popen "nproc")
  return pipe:read "n" or 1
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- Starts them in their order; done(i, ok, seconds) is called when the ith has ended.  A list of commands in place
--- of one: one after the other, each with a number of its own.  What they print is for them to redirect.
---@param commands (string | string[])[]
---@param done fun(i: integer, ok: boolean, seconds: number)
local function pool(commands, done)
  local list, count = os.tmpname(), 0
  local file = assert(io.open(list, "wb"))
  for _, chain in ipairs(commands) do
    for _, command in ipairs(type(chain) == "table" and chain or { chain }) do
      count = count + 1
      file:write("from=$(date +%s%N); sh -c ", quote(command), " </dev/null; ",
        "echo ", count, " $? $((($(date +%s%N) - from) / 1000000)); ")
    end
    assert(file:write "\0")
  end
  file:close()
  local pipe <close> = assert(io.popen(("xargs -0 -a %s -n 1 -P %d sh -c"):format(list,
    tonumber(os.getenv "LANES") or cores())))
  for line in pipe:lines() do
    local i, status, ms = line:match "^(%d+) (%d+) (%d+)$"
    done(tonumber(i), status == "0", tonumber(ms) / 1000)
  end
  os.remove(list)
end

return pool
