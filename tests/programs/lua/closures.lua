-- Closures, varargs, integer and float arithmetic, recursion, goto, load.
local function counter(step)
  local n = 0
  return function() n = n + step return n end, function() return n end
end
local up, get = counter(3)
up() up()
print(up(), get())

local functions = {}
for i = 1, 5 do functions[i] = function(...) return i * select("#", ...), ... end end
print(functions[2](7, nil, 9), (functions[3](1)))

local function compose(...)
  local chain = table.pack(...)
  return function(x) for i = chain.n, 1, -1 do x = chain[i](x) end return x end
end
print(compose(function(x) return x + 1 end, function(x) return x * 2 end, math.floor)(3.7))

local function ackermann(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ackermann(m - 1, 1) end
  return ackermann(m - 1, ackermann(m, n - 1))
end
local function fibonacci(n) return n < 2 and n or fibonacci(n - 1) + fibonacci(n - 2) end
local function loop(n, acc) if n == 0 then return acc end return loop(n - 1, acc + n) end
print(ackermann(2, 300), fibonacci(27), loop(1000000, 0))

print(7 // 2, -7 // 2, 7 % -3, -7 % 3, 7.5 // 2, -7.5 % 2, 2 ^ 10, 7 / 2, 1 << 62, 1 << 64, -1 >> 60, ~5, 6 ~ 3)
print(math.maxinteger + 1 == math.mininteger, math.mininteger // -1, math.ult(1, -1), 5 // 0.0, -5 // 0.0, 0 / 0 ~= 0 / 0)
print(pcall(function() return 1 // 0 end), pcall(function() return 1 % 0 end), pcall(function() return 1.5 | 1 end))
print(math.tointeger(3.0), math.type(3), math.type(3.0), math.type("3"), "10" + 5, "0x10" * 2, "1e1" + 0, 10 .. "")
print(math.floor(-3.5), math.ceil(-3.5), math.fmod(-7, 3), math.abs(math.mininteger), math.max(1, 2.5), math.sqrt(2))
print(string.format("%.12f %.12f %.12f %.12f", math.sin(1), math.exp(1), math.log(10), math.log(8, 2)))
print(tonumber("0x1p4"), tonumber("1e"), tonumber("  12  "), tonumber("z", 36), tonumber("8", 8), 3 == 3.0, 1 < 1.5)

for i = 1, 3 do
  for j = 1, 3 do
    if j == 2 then goto continue end
    io.write(i, ":", j, " ")
    ::continue::
  end
end
print()
for i = 10, 1, -3 do io.write(i, " ") end
for x = 0.0, 1.0, 0.25 do io.write(x, " ") end
print()

print(load("return 1 +")) -- a syntax error
print(load("local a, b = ... return a * b")(6, 7))
local env = { y = 5 }
print(load("x = y * 2 return x", "chunk", "t", env)(), env.x, x)
local dumped = string.dump(function(a) return a .. "!" end)
print(load(dumped, "dumped", "b")("again"))

-- A small virtual machine, to have the interpreter interpret.
local program = { { "push", 0 }, { "push", 1 }, { "add" }, { "dup" }, { "less", 200000 }, { "jump", 2 } }
local handlers
local stack, pc, steps = {}, 1, 0
handlers = {
  push = function(v) stack[#stack + 1] = v end,
  add = function() stack[#stack - 1] = stack[#stack - 1] + stack[#stack] stack[#stack] = nil end,
  dup = function() stack[#stack + 1] = stack[#stack] end,
  less = function(v) stack[#stack] = stack[#stack] < v end,
  jump = function(to) local c = stack[#stack] stack[#stack] = nil if c then pc = to end end,
}
while pc <= #program do
  local instruction = program[pc]
  pc = pc + 1
  handlers[instruction[1]](instruction[2])
  steps = steps + 1
end
print(steps, stack[1])
