--- Commands of the shell, several at a time: as many as the environment's LANES says, or one per core.
---   local pool = dofile "spec/pool.lua"
local function cores()
  local pipe <close> = assert(io.popen "nproc")
  return pipe:read "n" or 1
end

--- Starts them in their order; done(i, ok, seconds) is called when the ith has ended.  What they print is for
--- them to redirect.
---@param commands string[]
---@param done fun(i: integer, ok: boolean, seconds: number)
---@param lanes? integer
local function pool(commands, done, lanes)
  lanes = lanes or tonumber(os.getenv "LANES") or cores()
  local list = os.tmpname()
  local file = assert(io.open(list, "wb"))
  for i, command in ipairs(commands) do assert(file:write(i, "\0", command, "\0")) end
  file:close()
  local one = [[from=$(date +%s%N); sh -c "$1" </dev/null; echo "$0 $? $((($(date +%s%N) - from) / 1000000))"]]
  local pipe <close> = assert(io.popen(("xargs -0 -a %s -n 2 -P %d sh -c '%s'"):format(list, lanes, one)))
  for line in pipe:lines() do
    local i, status, ms = line:match "^(%d+) (%d+) (%d+)$"
    done(tonumber(i), status == "0", tonumber(ms) / 1000)
  end
  os.remove(list)
end

return pool
