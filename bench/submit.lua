-- Durable submissions: a form post with session, csrf and a token of its own each time. SUBMIT_PATH, SUBMIT_BODY (with
-- {token} in it), HEADERS come from bench/run.sh.
dofile((os.getenv("BENCH") or "bench") .. "/report.lua")

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  for name, value in string.gmatch(os.getenv("HEADERS") or "", "([%w-]+): ([^\n]*)") do
    wrk.headers[name] = value
  end
  path = os.getenv("SUBMIT_PATH")
  local body = os.getenv("SUBMIT_BODY")
  local from, to = string.find(body, "{token}", 1, true)
  before, after = string.sub(body, 1, from - 1), string.sub(body, to + 1)
  run = string.format("%x-%d", os.time(), number)
  count = 0
end

function request()
  count = count + 1
  return wrk.format("POST", path, nil, before .. run .. "-" .. count .. after)
end

function done(summary, latency, requests)
  report(summary, latency)
end
