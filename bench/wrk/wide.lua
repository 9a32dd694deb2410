-- Far more keys than caches hold: a million, value 1. Every thread walks its own stretch of 65,536
-- in a scattered order; 16 threads cover all (the stretches of more threads start from the first
-- again).
--
-- Put together as it goes: 65,536 requests for each of 16 threads take init() over a second, in
-- which the first threads already send outside wrk's clock. It costs the client a fraction of a
-- microsecond.

local load = dofile((debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "common.lua")

local keys = 1000000
local stretch = 65536

load.define {
   path = "/increment",
   keys = keys,
   keys_per_thread = stretch,
   body = function(i, thread)
      -- an odd factor visits every place of a power of two once
      local place = (i * 40503) % stretch
      return string.format('{"key":"key-%06d","value":1}', (thread * stretch + place) % keys)
   end,
}
