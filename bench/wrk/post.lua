-- Posts the form that makes a link, another target each time. Argument: the cookie of someone signed in.
local threads = 0
local made = 0

function setup(thread)
  threads = threads + 1
  thread:set("id", threads)
end

function init(args)
  assert(args[1], "the cookie is missing: wrk ... -s post.lua URL/add -- sessionid=...")
  wrk.method = "POST"
  wrk.headers["Cookie"] = args[1]
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  made = made + 1
  local target = string.format("https%%3A%%2F%%2Fwww.shop.example%%2Fmade%%2F%d-%d", id, made)
  return wrk.format(nil, nil, nil, "link_type=redirect&url=" .. target)
end

function done(summary)
  local refused = summary.errors.status
  io.write(string.format("Links made: %d; refused: %d\n", summary.requests - refused, refused))
end
