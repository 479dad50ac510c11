-- Writes a file of about SIZE bytes, the same each time: words of very different frequencies, tables of numbers,
-- repeats of what came before and stretches of noise. Usage: lua generate.lua FILE SIZE
local file, size = assert(io.open(arg[1], "wb")), tonumber(arg[2])
local state = 88172645463325252
local function random(n)
  state = state ~ (state << 13)
  state = state ~ (state >> 7)
  state = state ~ (state << 17)
  return (state >> 11) % n
end

local words = {}
for i = 1, 4096 do
  local letters = {}
  for j = 1, 2 + random(9) do letters[j] = string.char(97 + random(26)) end
  words[i] = table.concat(letters)
end

local recent, written = {}, 0
while written < size do
  local kind, parts = random(10), {}
  if kind < 6 then
    for i = 1, 400 do parts[i] = words[1 + random(1 + random(4096))] end
  elseif kind < 8 then
    for i = 1, 300 do parts[i] = string.format("%d;%.3f", i, random(100000) / 1000) end
  elseif kind < 9 then
    for i = 1, 400 do parts[i] = string.pack("<I4", random(1 << 32)) end
  else
    parts[1] = recent[1 + random(64)]
  end
  local block = table.concat(parts, kind < 8 and " " or "")
  recent[1 + random(64)] = block
  file:write(block, "\n")
  written = written + #block + 1
end
file:close()
