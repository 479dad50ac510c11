-- Strings: formatting, patterns, packing, utf8. Prints only what is the same on every machine.
local function show(...) print(string.format(...)) end

show("%5d|%-5d|%05d|%+d|%x|%X|%o", 42, 42, 42, 42, 255, 255, 8)
show("%.3f %10.2e %g %g %g", math.pi, 12345.678, 1e20, 0.1, 1e-7)
show("%q %s %10s|%-10s|", 'a "quoted"\nline\0end', "plain", "right", "left")
show("%a %s %s %s", 1.5, 1 / 0, -1 / 0, math.tointeger(2 ^ 53))
for _, number in ipairs { 0.1, 1 / 3, 1e15, 1e16, 123456789012345678, 2 ^ 63, -0.0, 5e-324 } do
  io.write(tostring(number), " ")
end
print()

local text = "The quick brown fox jumps over the lazy dog; 13 cats, 7 dogs, 2.5 mice."
print(text:upper(), text:lower(), text:len(), text:reverse())
for word in text:gmatch("%a+") do io.write(word, ".") end
print()
print(text:gsub("%d+%.?%d*", function(n) return "<" .. tonumber(n) * 2 .. ">" end))
print(text:find("(%a+) (%a+) dog"), text:match("(%d+) (%a+), (%d+)"))
print(("key = value # note"):match("^(%w+)%s*=%s*(%w+)%s*#%s*(.*)$"))
print(("%bxy [[nested [brackets] here]]"):match("%b[]"), ("THE (quick) fox"):find("%((%a+)%)"))
print(("hello world"):gsub("o", { o = "0" }), ("abc"):gsub("%w", "%0%0"), ("abc"):gsub("", "-"))
print(("x"):rep(10, ","), ("abc"):byte(1, -1), string.char(76, 117, 97))

local packed = string.pack("<i4 >I2 z s1 d n", -123456, 65000, "zero", "short", 2.5, 1e100)
print(#packed, string.unpack("<i4 >I2 z s1 d n", packed))
print(pcall(string.unpack, "<i4", "abc"))
for _, code in utf8.codes("aé€😀") do io.write(code, " ") end
print(utf8.len("aé€😀"), utf8.char(233, 8364, 128512), utf8.offset("aé€😀", 3), utf8.len("\xff"))

-- A longer run: words by length, a rope, a hash.
local parts, hash = {}, 0
for i = 1, 200000 do
  parts[#parts + 1] = string.format("%d:%s", i, ("ab"):rep(i % 7))
  hash = (hash * 31 + #parts[i]) & 0xffffffff
end
local rope = table.concat(parts, ",")
for c in rope:gmatch("[^,]*1") do hash = (hash ~ c:byte(-1)) * 16777619 & 0xffffffff end
print(#rope, hash)
