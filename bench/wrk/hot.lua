-- The worst case for locks and the best for collapsing: every increment goes to one key, value 1.

local load = dofile((debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "common.lua")

load.define {
   path = "/increment",
   keys = 1,
   prepared = 2048,
   body = function()
      return '{"key":"key-0000","value":1}'
   end,
}
