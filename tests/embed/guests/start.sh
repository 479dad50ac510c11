#!/bin/sh
# start.sh FILE writes a module whose start function calls args_sizes_get with the addresses 0 and 4.
{
  printf '\000asm\001\000\000\000'                                                                 # type section:
  printf '\001\012\002\140\002\177\177\001\177\140\000\000'                                        # (i32 i32) -> i32, () -> ()
  printf '\002)\001\026wasi_snapshot_preview1\016args_sizes_get\000\000'                           # the import
  printf '\003\002\001\001\005\003\001\000\001\007\012\001\006memory\002\000\010\001\001'          # function 1 is the start
  printf '\012\013\001\011\000\101\000\101\004\020\000\032\013'                                    # its body
} >"$1"
