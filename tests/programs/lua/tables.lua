-- Tables: arrays, records, sorting, metatables, garbage collection.
local function sorted_keys(t)
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = k end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

local random = 42
local function next_random(n)
  random = (random * 6364136223846793005 + 1442695040888963407)
  return (random >> 33) % n
end

local numbers = {}
for i = 1, 100000 do numbers[i] = next_random(1000000) end
table.sort(numbers)
local sum, previous, sorted = 0, -1, true
for i, n in ipairs(numbers) do
  sum = (sum * 7 + n * i) & 0x7fffffffffff
  sorted = sorted and previous <= n
  previous = n
end
print(#numbers, sorted, numbers[1], numbers[50000], numbers[100000], sum)
table.sort(numbers, function(a, b) return a > b end)
print(numbers[1], numbers[100000])
print(pcall(table.sort, { 3, 1, 2, 5, 4 }, function() error("no order") end))

local counts = {}
for i = 1, 200000 do
  local key = "k" .. next_random(5000)
  counts[key] = (counts[key] or 0) + 1
end
local total = 0
for _, key in ipairs(sorted_keys(counts)) do total = (total * 3 + counts[key]) % 1000003 end
print(#sorted_keys(counts), total)

local list = { 1, 2, 3, 4, 5 }
table.insert(list, 3, "x")
print(table.concat(list, " "), table.remove(list, 1), table.remove(list), table.unpack(list, 2, 4))
print(table.concat(table.move(list, 1, 3, 4), " "), select("#", table.unpack({}, 1, 3)), #table.pack(nil, nil))
print(next({}), rawlen { 1, 2 }, rawequal("a", "a"), rawget(setmetatable({}, { __index = { z = 1 } }), "z"))

local Vector = {}
Vector.__index = Vector
Vector.__add = function(a, b) return Vector.new(a.x + b.x, a.y + b.y) end
Vector.__eq = function(a, b) return a.x == b.x and a.y == b.y end
Vector.__lt = function(a, b) return a.x < b.x end
Vector.__le = function(a, b) return a.x <= b.x end
Vector.__tostring = function(v) return "(" .. v.x .. ", " .. v.y .. ")" end
Vector.__call = function(v, k) return v.x * k end
Vector.__concat = function(a, b) return tostring(a) .. tostring(b) end
Vector.__len = function() return 2 end
Vector.__unm = function(v) return Vector.new(-v.x, -v.y) end
Vector.__close = function(v) print("closed", v) end
function Vector.new(x, y) return setmetatable({ x = x, y = y }, Vector) end

do
  local a <close> = Vector.new(1, 2)
  local b <const> = Vector.new(3, 4)
  print(tostring(a + b), a == Vector.new(1, 2), a < b, a <= b, a(10), a .. b, #a, tostring(-b))
end
print(pcall(function() return Vector.new(1, 1) + nil end))

-- Collect: weak tables lose their entries, finalizers run.
local weak, closed = setmetatable({}, { __mode = "v" }), 0
for i = 1, 1000 do
  weak[i] = setmetatable({ i }, { __gc = function() closed = closed + 1 end })
end
collectgarbage()
collectgarbage()
print(next(weak), closed, collectgarbage("isrunning"))
collectgarbage("generational")
local keep = {}
for i = 1, 300000 do
  local node = { i, { i + 1 }, name = "n" .. i % 100 }
  if i % 1000 == 0 then keep[#keep + 1] = node end
end
print(#keep, keep[300][2][1], keep[17].name)
