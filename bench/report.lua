-- Ends a wrk run with one line that bench/run.sh reads: requests/s, p50 and p99 in ms, answers that were wrong.
function report(summary, latency)
  local errors = summary.errors
  local wrong = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("RESULT %.1f %.3f %.3f %d %d\n", summary.requests * 1e6 / summary.duration,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, wrong, summary.requests))
end
