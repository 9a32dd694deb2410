-- Batches: POST /v1/events, NDJSON, 100 events a request, 100,000 counters drawn by Zipf's law
-- (exponent 1), value 1.

local load = dofile((debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "common.lua")

local keys = 100000
local events = 100

-- Rank r of n has the chance 1 / (r * H(n)); exp(u * ln(n + 1)) is close to that for u even.
local spread = math.log(keys + 1)
local function rank()
   return math.min(keys, math.floor(math.exp(math.random() * spread)))
end

load.define {
   path = "/v1/events",
   content_type = "application/x-ndjson",
   keys = keys,
   events = events,
   prepared = 256,
   body = function()
      local lines = {}
      for i = 1, events do
         lines[i] = string.format('{"app_id":"bench","message_id":"m-%06d","event":"seen"}', rank())
      end
      return table.concat(lines, "\n") .. "\n"
   end,
}
