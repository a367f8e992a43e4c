-- Sends ready requests from a file, over and over; ends with the figures as one line of JSON.
local requests = {}
local count, at = 0, 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local text = file:read("*a")
  file:close()
  local from, _, to = 1, text:find("\r\n\r\n", 1, true)
  while to do
    count = count + 1
    requests[count] = text:sub(from, to)
    from = to + 1
    _, to = text:find("\r\n\r\n", from, true)
  end
end

function request()
  at = at % count + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '{"requests":%d,"micros":%d,"failed":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
