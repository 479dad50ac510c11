/* A host that traces its guest: what it prints, and what not (wasmrt_wasi_trace). */
#include <check.h>
#include <string.h>

#include "wasmrt_wasi.h"

extern const struct wasmrt_module calls_module; /* guests/calls.c */

static struct wasmrt_error error;
static struct wasmrt_store *store;
static struct wasmrt_wasi *wasi;
static char text[4096]; /* the lines */

#define OK(call) ck_assert_int_eq(call, WASMRT_OK)

static void set_up(void) {
  store = wasmrt_store_create();
  wasi = wasmrt_wasi_create();
  ck_assert(store != NULL && wasi != NULL);
  text[0] = '\0';
}

static void tear_down(void) {
  wasmrt_store_destroy(store);
  wasmrt_wasi_destroy(wasi);
}

static struct wasmrt_instance *guest(void) {
  const struct wasmrt_instance_options options = {.wasi = wasi};
  struct wasmrt_instance *instance = NULL;
  OK(wasmrt_instantiate(store, &calls_module, &options, &instance, &error));
  return instance;
}

static int64_t call(struct wasmrt_instance *instance, const char *name, uint64_t first, uint64_t second,
                    uint64_t third) {
  uint64_t slots[] = {first, second, third};
  OK(wasmrt_call(wasmrt_find_function(instance, name), slots, &error));
  return (int64_t)slots[0];
}

static void take_line(void *user, const char *line, size_t length) {
  ck_assert(user == text && strlen(text) + length < sizeof text);
  strncat(text, line, length);
}

START_TEST(selects_scopes) {
  OK(wasmrt_wasi_trace(wasi, "fd,clock", take_line, text, &error));
  struct wasmrt_instance *instance = guest();
  const uint64_t bytes = (uint32_t)call(instance, "bytes", 0, 0, 0);
  memcpy(wasmrt_memory_view(wasmrt_instance_memory(instance), bytes, 3), "ab\n", 3);
  ck_assert_int_eq(call(instance, "write", 1, 3, 1), 3);
  ck_assert_str_eq(text, "fd_write(fd=1, iovs=[{\"a\", 1}, {\"b\\n\", 2}], nwritten=3) = 0\n");
  text[0] = '\0';
  ck_assert_int_eq(call(instance, "write_unstable", 99, 1, 0), -WASMRT_WASI_EBADF);
  ck_assert_ptr_nonnull(strstr(text, "fd_write(fd=99, iovs=[{\"a\", 1}], nwritten=0x"));
  ck_assert_ptr_nonnull(strstr(text, ") = 8 EBADF\n"));
  text[0] = '\0';
  uint64_t slots[] = {5};
  ck_assert_int_eq(wasmrt_call(wasmrt_find_function(instance, "exit"), slots, &error), WASMRT_ERROR_EXIT);
  ck_assert_str_eq(text, "");
}
END_TEST

static enum wasmrt_status leave(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                struct wasmrt_error *failure) {
  (void)user;
  slots[0] += 100;
  return wasmrt_wasi_call(caller, "proc_exit", slots, failure);
}

static enum wasmrt_status refuse(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                 struct wasmrt_error *failure) {
  (void)user, (void)caller, (void)failure;
  slots[0] = WASMRT_WASI_EPERM;
  return WASMRT_OK;
}

/* An override is the host's own; what it calls on to is WASI's. */
START_TEST(leaves_overrides_out) {
  OK(wasmrt_wasi_trace(wasi, NULL, take_line, text, &error));
  OK(wasmrt_wasi_override(wasi, "proc_exit", leave, NULL, &error));
  OK(wasmrt_wasi_override(wasi, "fd_write", refuse, NULL, &error));
  struct wasmrt_instance *instance = guest();
  ck_assert_int_eq(call(instance, "write", 1, 3, 1), -WASMRT_WASI_EPERM);
  ck_assert_str_eq(text, "");
  uint64_t slots[] = {7};
  ck_assert_int_eq(wasmrt_call(wasmrt_find_function(instance, "exit"), slots, &error), WASMRT_ERROR_EXIT);
  ck_assert_uint_eq(error.exit_status, 107);
  ck_assert_str_eq(text, "proc_exit(status=107) = ?\n");
}
END_TEST

START_TEST(refuses_what_is_unknown_or_late) {
  static const char *const wrong[] = {"", "disk", "fd,", "fd,disk", "wasi", "wasi:fd", "FD"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    ck_assert_int_eq(wasmrt_wasi_trace(wasi, wrong[i], take_line, text, &error), WASMRT_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "args clock env fd fs poll proc random sock"));
  }
  struct wasmrt_instance *instance = guest();
  ck_assert_int_eq(wasmrt_wasi_trace(wasi, "fd", take_line, text, &error), WASMRT_ERROR_ARGUMENT);
  ck_assert_int_eq(call(instance, "write_unstable", 99, 1, 0), -WASMRT_WASI_EBADF);
  ck_assert_str_eq(text, "");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("trace");
  TCase *tests = tcase_create("trace");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, selects_scopes);
  tcase_add_test(tests, leaves_overrides_out);
  tcase_add_test(tests, refuses_what_is_unknown_or_late);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
