-- Files in the preopened directory: write, read in every way, seek, rename, remove, buffering, errors.
local function check(value, message) -- error numbers and texts differ between systems: only whether it failed
  print(value and "ok" or "failed", message ~= nil)
  return value
end

local name = "notes.txt"
local f = assert(io.open(name, "w"))
for i = 1, 1000 do f:write("line ", i, " ", i / 8, "\n") end
print(f:seek("cur"), f:seek("set", 10), io.type(f:write("#####")), f:seek("end"))
print(f:close(), io.type(f), io.type(io.stdout), io.type(42))

f = assert(io.open(name))
print(f:read("l"), f:read("L"), f:read("n"), f:read(5), f:read("n", "n"))
print(#f:read("a"), f:read("a"), f:read("l"))
f:close()

local lines, bytes = 0, 0
for line in io.lines(name) do lines, bytes = lines + 1, bytes + #line end
print(lines, bytes)
for a, b in io.lines(name, 1, "n") do print(a, b) break end

f = assert(io.open("data.bin", "wb"))
f:setvbuf("full", 4096)
for i = 0, 65535 do f:write(string.char(i & 255, i >> 8)) end
f:close()
f = assert(io.open("data.bin", "r+b"))
print(f:seek("end"), f:seek("set", 1000), f:read(4):byte(1, -1))
f:seek("set", 1000) f:write("XYZ") f:seek("set", 998)
print(f:read(8):byte(1, -1))
f:close()
f = io.open("data.bin", "a") f:write("tail") f:close()
f = io.open("data.bin", "rb") f:seek("end", -6) print(f:read("a"):byte(1, -1)) f:close()

check(os.rename("data.bin", "moved.bin"))
check(io.open("data.bin"))
check(io.open("moved.bin"))
check(os.remove("moved.bin"))
check(os.remove("moved.bin"))
check(io.open("no/such/directory/file", "w"))
print(pcall(io.lines, "missing.txt") == false, pcall(f.read, f) == false)

io.output("out.txt")
io.write("first ", 2, " ", 3.5)
io.close()
io.output(io.stdout)
io.input("out.txt")
print(io.read("a"))
io.close(io.input())
io.input(io.stdin)
print(io.read("l"), io.read("n"), io.read("a"))
io.stderr:write("to stderr\n")
print(os.date("!%Y-%m-%d %H:%M:%S", 1e9), os.time { year = 2001, month = 9, day = 9, hour = 12 } > 0, os.clock() >= 0)
print(os.getenv("NO_SUCH_VARIABLE"), #arg, arg[1], arg[2])
os.remove(name)
