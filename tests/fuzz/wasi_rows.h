/*
 * What each parameter of a WASI function means, so that the fuzzer can choose values that are likely to
 * matter and knows which of the guest's bytes a call may write. ROW_NAME for each function in wasi.def, and
 * ROW_unstable_NAME for those that wasi_unstable has of its own.
 */
#ifndef FUZZ_WASI_ROWS_H
#define FUZZ_WASI_ROWS_H

#include "wire.h"

enum kind {
  KIND_NONE,
  /* A host object, or numbers that a call takes as they are. */
  KIND_DESCRIPTOR,
  KIND_DIRECTORY, /* a descriptor, mostly of a directory */
  KIND_CLOSED,    /* a descriptor that will be gone: mostly of what the guest opened itself */
  KIND_RIGHTS,
  KIND_OFFSET, /* 64 bits: a place in a file, a length, a time */
  KIND_CLOCK,
  KIND_ANY,
  /* Pointers to what a call reads, each followed by its length or count. */
  KIND_PATH,
  KIND_WRITE_VECTORS,
  KIND_SUBSCRIPTIONS, /* then the events, then the count of both */
  KIND_UNSTABLE_SUBSCRIPTIONS,
  KIND_COUNT, /* belongs to one of these before it */
  /* Pointers to what a call writes. */
  KIND_READ_VECTORS,
  KIND_BUFFER, /* then its length */
  KIND_LENGTH,
  KIND_EVENTS,
  KIND_POINTERS,    /* as many as the guest has arguments or variables, at most LIST_LIMIT */
  KIND_STRINGS,     /* their text, at most STRINGS_LIMIT bytes */
  KIND_RESULT,      /* KIND_RESULT + n: n bytes, written by a successful call only */
  KIND_SMALL = 256, /* KIND_SMALL + n: flags or an enumeration, mostly not above n */
};
#define LIST_LIMIT 4
#define STRINGS_LIMIT 64
#define RESULT(size) (KIND_RESULT + (size))
#define SMALL(most) (KIND_SMALL + (most))

/* clang-format off */
#define ROW_args_get                {KIND_POINTERS, KIND_STRINGS}
#define ROW_args_sizes_get          {RESULT(4), RESULT(4)}
#define ROW_environ_get             {KIND_POINTERS, KIND_STRINGS}
#define ROW_environ_sizes_get       {RESULT(4), RESULT(4)}
#define ROW_clock_res_get           {KIND_CLOCK, RESULT(8)}
#define ROW_clock_time_get          {KIND_CLOCK, KIND_OFFSET, RESULT(8)}
#define ROW_fd_advise               {KIND_DESCRIPTOR, KIND_OFFSET, KIND_OFFSET, SMALL(5)}
#define ROW_fd_allocate             {KIND_DESCRIPTOR, KIND_OFFSET, KIND_OFFSET}
#define ROW_fd_close                {KIND_CLOSED}
#define ROW_fd_datasync             {KIND_DESCRIPTOR}
#define ROW_fd_fdstat_get           {KIND_DESCRIPTOR, RESULT(sizeof(struct wasi_fdstat))}
#define ROW_fd_fdstat_set_flags     {KIND_DESCRIPTOR, SMALL(31)}
#define ROW_fd_fdstat_set_rights    {KIND_CLOSED, KIND_RIGHTS, KIND_RIGHTS}
#define ROW_fd_filestat_get         {KIND_DESCRIPTOR, RESULT(sizeof(struct wasi_filestat))}
#define ROW_unstable_fd_filestat_get {KIND_DESCRIPTOR, RESULT(sizeof(struct wasi_unstable_filestat))}
#define ROW_fd_filestat_set_size    {KIND_DESCRIPTOR, KIND_OFFSET}
#define ROW_fd_filestat_set_times   {KIND_DESCRIPTOR, KIND_OFFSET, KIND_OFFSET, SMALL(15)}
#define ROW_fd_pread                {KIND_DESCRIPTOR, KIND_READ_VECTORS, KIND_COUNT, KIND_OFFSET, RESULT(4)}
#define ROW_fd_prestat_get          {KIND_DESCRIPTOR, RESULT(sizeof(struct wasi_prestat))}
#define ROW_fd_prestat_dir_name     {KIND_DESCRIPTOR, KIND_BUFFER, KIND_LENGTH}
#define ROW_fd_pwrite               {KIND_DESCRIPTOR, KIND_WRITE_VECTORS, KIND_COUNT, KIND_OFFSET, RESULT(4)}
#define ROW_fd_read                 {KIND_DESCRIPTOR, KIND_READ_VECTORS, KIND_COUNT, RESULT(4)}
#define ROW_fd_readdir              {KIND_DIRECTORY, KIND_BUFFER, KIND_LENGTH, KIND_OFFSET, RESULT(4)}
#define ROW_fd_renumber             {KIND_CLOSED, KIND_CLOSED}
#define ROW_fd_seek                 {KIND_DESCRIPTOR, KIND_OFFSET, SMALL(2), RESULT(8)}
#define ROW_unstable_fd_seek        {KIND_DESCRIPTOR, KIND_OFFSET, SMALL(2), RESULT(8)}
#define ROW_fd_sync                 {KIND_DESCRIPTOR}
#define ROW_fd_tell                 {KIND_DESCRIPTOR, RESULT(8)}
#define ROW_fd_write                {KIND_DESCRIPTOR, KIND_WRITE_VECTORS, KIND_COUNT, RESULT(4)}
#define ROW_path_create_directory   {KIND_DIRECTORY, KIND_PATH, KIND_COUNT}
#define ROW_path_filestat_get \
  {KIND_DIRECTORY, SMALL(1), KIND_PATH, KIND_COUNT, RESULT(sizeof(struct wasi_filestat))}
#define ROW_unstable_path_filestat_get \
  {KIND_DIRECTORY, SMALL(1), KIND_PATH, KIND_COUNT, RESULT(sizeof(struct wasi_unstable_filestat))}
#define ROW_path_filestat_set_times \
  {KIND_DIRECTORY, SMALL(1), KIND_PATH, KIND_COUNT, KIND_OFFSET, KIND_OFFSET, SMALL(15)}
#define ROW_path_link \
  {KIND_DIRECTORY, SMALL(1), KIND_PATH, KIND_COUNT, KIND_DIRECTORY, KIND_PATH, KIND_COUNT}
#define ROW_path_open \
  {KIND_DIRECTORY, SMALL(1), KIND_PATH, KIND_COUNT, SMALL(15), KIND_RIGHTS, KIND_RIGHTS, SMALL(31), RESULT(4)}
#define ROW_path_readlink           {KIND_DIRECTORY, KIND_PATH, KIND_COUNT, KIND_BUFFER, KIND_LENGTH, RESULT(4)}
#define ROW_path_remove_directory   {KIND_DIRECTORY, KIND_PATH, KIND_COUNT}
#define ROW_path_rename             {KIND_DIRECTORY, KIND_PATH, KIND_COUNT, KIND_DIRECTORY, KIND_PATH, KIND_COUNT}
#define ROW_path_symlink            {KIND_PATH, KIND_COUNT, KIND_DIRECTORY, KIND_PATH, KIND_COUNT}
#define ROW_path_unlink_file        {KIND_DIRECTORY, KIND_PATH, KIND_COUNT}
#define ROW_poll_oneoff             {KIND_SUBSCRIPTIONS, KIND_EVENTS, KIND_COUNT, RESULT(4)}
#define ROW_unstable_poll_oneoff    {KIND_UNSTABLE_SUBSCRIPTIONS, KIND_EVENTS, KIND_COUNT, RESULT(4)}
#define ROW_proc_exit               {KIND_ANY}
#define ROW_proc_raise              {SMALL(31)}
#define ROW_random_get              {KIND_BUFFER, KIND_LENGTH}
#define ROW_sched_yield             {KIND_NONE}
#define ROW_sock_accept             {KIND_DESCRIPTOR, SMALL(4), RESULT(4)}
#define ROW_sock_recv               {KIND_DESCRIPTOR, KIND_READ_VECTORS, KIND_COUNT, SMALL(3), RESULT(4), RESULT(2)}
#define ROW_sock_send               {KIND_DESCRIPTOR, KIND_WRITE_VECTORS, KIND_COUNT, SMALL(0), RESULT(4)}
#define ROW_sock_shutdown           {KIND_DESCRIPTOR, SMALL(3)}
/* clang-format on */

#endif
