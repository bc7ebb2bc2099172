-- Load of one address, or in turn of the addresses in the file PATHS. HEADERS: `Name: value` lines.
dofile((os.getenv("BENCH") or "bench") .. "/report.lua")

local paths = {}
for name, value in string.gmatch(os.getenv("HEADERS") or "", "([%w-]+): ([^\n]*)") do
  wrk.headers[name] = value
end
if os.getenv("PATHS") then
  for line in io.lines(os.getenv("PATHS")) do
    if #line > 0 then paths[#paths + 1] = line end
  end
end

local n = 0
function request()
  if #paths == 0 then return wrk.format("GET") end
  n = n % #paths + 1
  return wrk.format("GET", paths[n])
end

function done(summary, latency, requests)
  report(summary, latency)
end
