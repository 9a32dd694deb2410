-- What the scripts beside this file share. wrk makes one Lua state per thread and one of its own;
-- every state loads the whole script.
--
-- Requests are formatted in init(), so that request() costs the client an array read. wrk starts
-- each thread right after that thread's own init(), and its clock only after the last one: a slow
-- init() lets the first threads send outside the clock. So init() must be short, and the result
-- line says how far apart the threads started (apart_us) for the runner to judge.

local load = {}

local shape          -- what the script asked for, see load.define
local threads = {}   -- in wrk's own state: every thread, in the order they are set up
local first_us, last_us = 0, 0

-- Microseconds of a monotonic clock; 0 where this LuaJIT has no ffi.
local function clock_us()
   local found, ffi = pcall(require, "ffi")
   if not found then return 0 end
   pcall(ffi.cdef, [[
      typedef struct { long seconds; long nanos; } bench_timespec;
      int clock_gettime(int clock, bench_timespec *time);
   ]])
   local time = ffi.new("bench_timespec")
   if ffi.C.clock_gettime(1, time) ~= 0 then return 0 end
   return tonumber(time.seconds) * 1000000 + math.floor(tonumber(time.nanos) / 1000)
end

-- The request head for a body of this length, made once by wrk itself.
local function formatter(path, content_type)
   local heads = {}
   local headers = { ["Content-Type"] = content_type or "application/json" }
   return function(body)
      local head = heads[#body]
      if not head then
         head = wrk.format("POST", path, headers, body):sub(1, -#body - 1)
         heads[#body] = head
      end
      return head .. body
   end
end

-- definition: path, keys (how many counters the script can touch), body (a function of the index
-- of the request and of the thread, from 0, that returns the JSON), prepared (requests of one
-- thread, sent again and again; without it every request is put together when it is sent),
-- keys_per_thread (where one thread does not touch them all), content_type (JSON if none is given),
-- events (of one request, 1 if not given).
function load.define(definition)
   shape = definition
end

function setup(thread)
   local now = clock_us()
   if #threads == 0 then first_us = now end
   last_us = now
   thread:set("thread_index", #threads)
   table.insert(threads, thread)
end

function init(arguments)
   math.randomseed(20260101 + thread_index)
   local format = formatter(shape.path, shape.content_type)
   local next_index = -1
   if not shape.prepared then
      local body, thread = shape.body, thread_index
      function request()
         next_index = next_index + 1
         return format(body(next_index, thread))
      end
      return
   end
   local requests, last_index = {}, shape.prepared - 1
   for i = 0, last_index do
      requests[i] = format(shape.body(i, thread_index))
   end
   -- a plain array and an index: anything more would be measured with the server
   function request()
      next_index = next_index < last_index and next_index + 1 or 0
      return requests[next_index]
   end
end

-- One line for the runner. There is no response() on purpose: it would parse and copy every answer
-- into Lua and slow the client down. wrk itself counts the answers above 399 (errors.status) and
-- keeps them in `requests`; the servers measured here never answer 1xx or 3xx.
-- The latencies are closed-loop: a stalled server is asked less, so they hide stalls.
function done(summary, latency, requests)
   local errors = summary.errors
   local fields = {
      { "requests", summary.requests },
      { "ok", summary.requests - errors.status },
      { "non_2xx", errors.status },
      { "connect_errors", errors.connect },
      { "read_errors", errors.read },
      { "write_errors", errors.write },
      { "timeouts", errors.timeout },
      { "duration_us", summary.duration },
      { "requests_per_s", string.format("%.1f", summary.requests / summary.duration * 1e6) },
      { "closed_loop_p50_us", latency:percentile(50) },
      { "closed_loop_p99_us", latency:percentile(99) },
      { "closed_loop_max_us", latency.max },
      { "apart_us", last_us - first_us },
      { "keys", math.min(shape.keys, (shape.keys_per_thread or shape.keys) * #threads) },
      { "events_per_request", shape.events or 1 },
   }
   local line = "bench-result"
   for _, field in ipairs(fields) do
      local value = field[2]
      if type(value) == "number" then value = string.format("%d", value) end
      line = line .. " " .. field[1] .. "=" .. value
   end
   print(line)
end

return load
