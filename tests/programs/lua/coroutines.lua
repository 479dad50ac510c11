-- Coroutines and errors: every throw unwinds the C stack to a protected call.
local function producer(n)
  return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, i * i) end return "done" end)
end
local get = producer(3)
print(get()) print(get()) print(get()) print(get()) print(pcall(get))

local function permutations(a, n)
  n = n or #a
  if n <= 1 then coroutine.yield(a) else
    for i = 1, n do
      a[n], a[i] = a[i], a[n]
      permutations(a, n - 1)
      a[n], a[i] = a[i], a[n]
    end
  end
end
local count, first = 0, nil
for p in coroutine.wrap(function() permutations { 1, 2, 3, 4, 5, 6, 7 } end) do
  count = count + 1
  first = first or table.concat(p, " ")
end
print(count, first)

-- Yield across pcall, metamethods and iterators; a generator in a generator.
local co = coroutine.create(function(a)
  local ok, b = pcall(function()
    local t = setmetatable({}, { __index = function(_, k) return coroutine.yield("index " .. k) end })
    local value = t.field
    error({ code = value + a })
  end)
  local c = coroutine.yield(ok, b.code)
  for v in (function() return coroutine.yield("iterating") end) do c = c + v end
  return c
end)
print(coroutine.resume(co, 10))
print(coroutine.resume(co, 5))
print(coroutine.resume(co, 100))
print(coroutine.resume(co, 1))
print(coroutine.resume(co, 2))
print(coroutine.resume(co, nil))
print(coroutine.resume(co), coroutine.status(co))

local pipeline = coroutine.wrap(function()
  local source = coroutine.wrap(function() for i = 1, 10 do coroutine.yield(i) end end)
  for v in source do if v % 2 == 0 then coroutine.yield(v * v) end end
end)
for v in pipeline do io.write(v, " ") end
print()

-- Errors: values, levels, handlers, nesting, tracebacks' first line, a full C stack and a full Lua stack.
print(pcall(error, "plain", 0), pcall(error), select(2, pcall(error, { 1 }))[1])
print(pcall(function() local a a.b = 1 end))
print(pcall(function() return #nil end), pcall(function() return {} < {} end), pcall(function() return nil .. "x" end))
print(xpcall(function() error("inner") end, function(m) return "handled: " .. m end))
print(xpcall(error, function() error("again") end, "x"))
print((select(2, xpcall(function() error("trace") end, debug.traceback)):match("^[^\n]*")))
local function nest(n) if n == 0 then error("deep", 0) end return (pcall(error, n)) and 0 or nest(n - 1) end
print(pcall(nest, 100))
local function overflow() return 1 + overflow() end
local ok, message = pcall(overflow)
print(ok, message:match("stack overflow"))
print(select(2, load("return " .. ("("):rep(500) .. (")"):rep(500))):match("C stack overflow"))
local function deep(n) return n == 0 and 0 or 1 + select(2, pcall(deep, n - 1)) end
print(pcall(deep, 150))
print(pcall(string.rep, "x", -1), pcall(string.rep), pcall(setmetatable, 1, {}), pcall(("x").bad))

-- Closing a suspended coroutine runs its to-be-closed variables.
local suspended = coroutine.create(function()
  local guard <close> = setmetatable({}, { __close = function(_, e) print("closing", e) end })
  coroutine.yield(1)
end)
coroutine.resume(suspended)
print(coroutine.close(suspended), coroutine.status(suspended), coroutine.isyieldable(), coroutine.running() ~= nil)

local switches = coroutine.wrap(function() local s = 0 while true do s = s + coroutine.yield(s) end end)
switches()
local last
for i = 1, 100000 do last = switches(i) end
print(last)
local failures = 0
for i = 1, 20000 do if not pcall(error, i) then failures = failures + 1 end end
print(failures)
os.exit(3)
