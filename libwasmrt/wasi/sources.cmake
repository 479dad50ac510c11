# WASI preview 1. One file a topic, so that executables link only what their guest imports.
set(WASMRT_WASI_SOURCES
  args.c clock.c errno.c fd.c fdtable.c file.c filestat.c functions.c io.c iovec.c listen.c path.c poll.c proc.c random.c readdir.c resolve.c
  sock.c state.c trace.c trace_show.c tree.c tree_files.c tree_mount.c virtual.c virtual_path.c)
