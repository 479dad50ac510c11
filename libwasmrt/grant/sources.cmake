# What embedders grant to their guests (wasmrt_wasi.h). No executable links it.
set(WASMRT_GRANT_SOURCES attach.c description.c stream.c supply.c)
