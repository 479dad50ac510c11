"""Runs modules in wasmtime and prints what run/main.c prints for ours.

    python3 oracle.py MODULE.wasm...

Needs the packages wasmtime (`pip install wasmtime`) and numpy.
"""
import os
import struct
import sys

import numpy
import wasmtime

ROUNDS = 3
MAX_MEMORY = 1 << 22
MAX_TABLE = 1000
M64 = (1 << 64) - 1

ARGUMENTS = {
    "i32": [0, 1, 0xffffffff, 0x80000000, 0x7fffffff, 2, 8, 31, 100, 0xff, 0x1000, 0xfffffff0],
    "i64": [0, 1, M64, 1 << 63, (1 << 63) - 1, 2, 8, 63, 100, 0xffffffff, 4096, 0xffffffff00000001],
    "f32": [0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0x00000001, 0x7f7fffff,
            0x40200000, 0x4f000000, 0xc1200000],
    "f64": [0, 1 << 63, 0x3ff0000000000000, 0xbff0000000000000, 0x7ff0000000000000, 0xfff0000000000000,
            0x7ff8000000000000, 1, 0x7fefffffffffffff, 0x4004000000000000, 0x41e0000000000000, 0xc024000000000000],
}

Code = wasmtime.TrapCode
TRAPS = {
    Code.STACK_OVERFLOW: "call stack exhausted",
    Code.MEMORY_OUT_OF_BOUNDS: "out of bounds memory access",
    Code.TABLE_OUT_OF_BOUNDS: "out of bounds table access",
    Code.INDIRECT_CALL_TO_NULL: "uninitialized element",
    Code.BAD_SIGNATURE: "indirect call type mismatch",
    Code.INTEGER_OVERFLOW: "integer overflow",
    Code.INTEGER_DIVISION_BY_ZERO: "integer divide by zero",
    Code.BAD_CONVERSION_TO_INTEGER: "invalid conversion to integer",
    Code.UNREACHABLE: "unreachable",
    Code.NULL_REFERENCE: "null reference",
    Code.CAST_FAILURE: "cast failure",
}

out = []


def put(text):
    out.append(text)


def flush():
    sys.stdout.write("".join(out))
    sys.stdout.flush()
    out.clear()


def words(data):
    data = data.tobytes() if hasattr(data, "tobytes") else bytes(data)
    return numpy.frombuffer(data + bytes(-len(data) % 8), dtype="<u8")


def hash_of(data):
    """As hash() in run/main.c."""
    word = words(data)
    index = numpy.arange(0, len(word), dtype=numpy.uint64)
    factor = index * numpy.uint64(16) + numpy.uint64(0x9e3779b97f4a7c15)
    return int(((word ^ (word >> numpy.uint64(29))) * factor).sum(dtype=numpy.uint64)) & M64


def is_null(value):
    return value is None or (isinstance(value, wasmtime.Val) and value.value is None)


def value_text(kind, value):
    if kind == "i32":
        return " i32:%x" % (value & 0xffffffff)
    if kind == "i64":
        return " i64:%x" % (value & M64)
    if kind == "f32":
        return " f32:nan" if value != value else " f32:%x" % struct.unpack("<I", struct.pack("<f", value))
    if kind == "f64":
        return " f64:nan" if value != value else " f64:%x" % struct.unpack("<Q", struct.pack("<d", value))
    return " null" if is_null(value) else " ref"


def argument(kind, state):
    state[0] = (state[0] * 1664525 + 1013904223) & 0xffffffff
    if kind not in ARGUMENTS:
        return None, 0
    bits = ARGUMENTS[kind][(state[0] >> 8) % 12]
    if kind == "i32":
        return bits - (1 << 32) if bits >> 31 else bits, bits
    if kind == "i64":
        return bits - (1 << 64) if bits >> 63 else bits, bits
    if kind == "f32":
        return struct.unpack("<f", struct.pack("<I", bits))[0], bits
    return struct.unpack("<d", struct.pack("<Q", bits))[0], bits


def make_engine():
    config = wasmtime.Config()
    for name in ("tail_call", "reference_types", "simd", "bulk_memory", "multi_value", "multi_memory", "memory64",
                 "relaxed_simd", "relaxed_simd_deterministic", "function_references", "wide_arithmetic",
                 "custom_page_sizes"):
        setattr(config, "wasm_" + name, True)
    config.cranelift_opt_level = os.environ.get("ORACLE_OPT", "speed")
    return wasmtime.Engine(config)


def log(kind):
    return lambda value: put("  log" + value_text(kind, value) + "\n")


class Runner:
    def __init__(self, engine, module):
        self.engine, self.module = engine, module
        self.store = None

    def start(self):
        self.store = wasmtime.Store(self.engine)
        self.store.set_limits(memory_size=MAX_MEMORY, table_elements=MAX_TABLE)
        linker = wasmtime.Linker(self.engine)
        for kind in ("i32", "i64", "f32", "f64"):
            kind_type = getattr(wasmtime.ValType, kind)()
            linker.define_func("fuzzing-support", "log-" + kind, wasmtime.FuncType([kind_type], []), log(kind))
        self.instance = linker.instantiate(self.store, self.module)
        self.exports = list(self.instance.exports(self.store).values())
        self.reset = [e for e, t in zip(self.exports, self.module.exports) if t.name == "hangLimitInitializer"]

    def print_state(self):
        store = self.store
        for value, export in zip(self.exports, self.module.exports):
            if isinstance(value, wasmtime.Memory):
                size = value.data_len(store)
                put("  %s %d %016x\n" % (export.name, size, hash_of(value.read(store, 0, size))))
            elif isinstance(value, wasmtime.Table):
                size = value.size(store)
                marks = ["-" if is_null(value.get(store, i)) else "+" for i in range(min(size, 64))]
                put("  %s %d %s\n" % (export.name, size, "".join(marks)))
            elif isinstance(value, wasmtime.Global) and str(value.type(store).content) != "v128":
                put("  %s%s\n" % (export.name, value_text(str(value.type(store).content), value.value(store))))

    def call(self, number):
        """False after a trap."""
        function, export = self.exports[number % len(self.exports)], self.module.exports[number % len(self.exports)]
        if not isinstance(function, wasmtime.Func):
            return True
        params = [str(p) for p in export.type.params]
        results = [str(r) for r in export.type.results]
        if "v128" in params + results:
            return True
        if self.reset:
            self.reset[0](self.store)
        state = [((number + 1) * 2654435761) & 0xffffffff]
        arguments = [argument(kind, state) for kind in params]
        text = "".join(value_text(k, v) for k, (v, _) in zip(params, arguments))
        put("%d %s%s\n" % (number, export.name, text))
        try:
            got = function(self.store, *[v for v, _ in arguments])
        except (wasmtime.Trap, wasmtime.WasmtimeError) as trap:
            put("  = " + failure(trap))
            return False
        got = [] if not results else [got] if len(results) == 1 else got
        put("  =%s\n" % "".join(value_text(k, v) for k, v in zip(results, got)))
        self.print_state()
        return True

    def run(self):
        number, is_live = 0, False
        while number < len(self.module.exports) * ROUNDS:
            if not is_live:
                try:
                    self.start()
                except (wasmtime.Trap, wasmtime.WasmtimeError) as trap:
                    put(failure(trap))
                    return
            is_live = self.call(number)
            number += 1


def failure(trap):
    code = getattr(trap, "trap_code", None)
    if code in TRAPS:
        return "trap: %s\n" % TRAPS[code]
    return "error: %s\n" % str(trap).replace("\n", " | ")


def main():
    engine = make_engine()
    for path in sys.argv[1:]:
        put("module %s\n" % os.path.basename(path).split(".")[0])
        try:
            module = wasmtime.Module.from_file(engine, path)
        except wasmtime.WasmtimeError as error:
            put("  not compiled\n")
            print("%s: %s" % (path, error), file=sys.stderr)
            continue
        Runner(engine, module).run()
        flush()
    flush()


main()
