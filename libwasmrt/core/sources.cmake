# The library for embedders; static executables take from it what start.c reaches.
set(WASMRT_CORE_SOURCES
  backtrace.c bind.c bulk.c call.c cpu.c error.c host.c instance.c library.c match.c memory.c module.c options.c range.c
  signal_posix.c stack.c store.c table.c thread.c trap.c subtype.c type.c transition_aarch64.S transition_x86_64.S)
# What only executables have: their entry, and main.
set(WASMRT_START_SOURCES confine.c entry_aarch64.S entry_x86_64.S program.c relocate.c start.c)
