-- The old incrementer's benchmark: POST /increment, JSON, few keys. 1,000 keys, drawn evenly,
-- value 1.

local load = dofile((debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "common.lua")

local keys = 1000

load.define {
   path = "/increment",
   keys = keys,
   prepared = 2048,
   body = function()
      return string.format('{"key":"key-%04d","value":1}', math.random(0, keys - 1))
   end,
}
