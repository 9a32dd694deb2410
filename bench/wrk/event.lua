-- The message tracker's request: POST /api/create_event. 1,000 messages of one app, each with six
-- lifecycle events, drawn evenly: 6,000 counters. created_at is fixed, so that runs can be
-- repeated.

local load = dofile((debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "common.lua")

local messages = 1000
local lifecycle = {
   "MESSAGE_CREATED",
   "MESSAGE_REACHED_BACKEND",
   "MESSAGE_IN_SEARCH_QUEUE",
   "MESSAGE_IN_UPDATES_QUEUE",
   "MESSAGE_IN_WS_QUEUE",
   "MESSAGE_REACHED_FRONTEND",
}

load.define {
   path = "/api/create_event",
   keys = messages * #lifecycle,
   prepared = 2048,
   body = function()
      return string.format(
         '{"app_id":"chat","message_id":"message-%04d","event":"%s",'
            .. '"created_at":"2026-01-01T00:%02d:%02d.%03dZ"}',
         math.random(0, messages - 1), lifecycle[math.random(#lifecycle)],
         math.random(0, 59), math.random(0, 59), math.random(0, 999))
   end,
}
