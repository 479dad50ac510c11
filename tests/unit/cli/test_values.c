/* Tests of wasm2native/cli/values.c: the spellings that options accept, and those that they do not. */
#include "cli.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *text;
  const char *value; /* NULL: an error */
} targets[] = {
    {"x86_64-linux", "x86_64-linux-musl"},
    {"x86_64", "x86_64-linux-musl"},
    {"amd64", "x86_64-linux-musl"},
    {"x64", "x86_64-linux-musl"},
    {"x86-64", "x86_64-linux-musl"},
    {"x86-64-linux-gnu", "x86_64-linux-musl"},
    {"X86_64-linux", "x86_64-linux-musl"},
    {"x86_64-unknown-linux-musl", "x86_64-linux-musl"},
    {"x86_64-pc-linux-gnu", "x86_64-linux-musl"},
    {"x86_64-linux-musl", "x86_64-linux-musl"},
    {"aarch64-linux", "aarch64-linux-musl"},
    {"arm64-linux", "aarch64-linux-musl"},
    {"arm64", "aarch64-linux-musl"},
    {"aarch64-linux-gnu", "aarch64-linux-musl"},
    {"aarch64-unknown-linux-gnu", "aarch64-linux-musl"},
    {"aarch64-unknown-linux-musl", "aarch64-linux-musl"},
    {"", NULL},
    {"x86", NULL},
    {"x86_6", NULL},
    {"x86_64linux", NULL},
    {"x86_64-", NULL},
    {"x86_64-linux-", NULL},
    {"x86_64-linux-android", NULL},
    {"x86_64-linux-gnux", NULL},
    {"x86_64-windows", NULL},
    {"x86_64-linux-linux", NULL},
    {"x86_64-linux-musl-gnu", NULL},
    {"riscv64-linux", NULL},
    {"aarch64_be-linux", NULL},
    {"arm64-apple-darwin", NULL},
};

START_TEST(targets_have_many_spellings) {
  const char *const value = cli_parse_target(targets[_i].text);
  if (targets[_i].value) {
    ck_assert_ptr_nonnull(value);
    ck_assert_str_eq(value, targets[_i].value);
  } else {
    ck_assert_ptr_null(value);
  }
}
END_TEST

static const struct {
  const char *text;
  const char *value;
} sizes[] = {
    {"65536", "--x=65536"},
    {"0", "--x=0"},
    {"0x10000", "--x=65536"},
    {"64K", "--x=65536"},
    {"64k", "--x=65536"},
    {"64KiB", "--x=65536"},
    {"3M", "--x=3145728"},
    {"4G", "--x=4294967296"},
    {"1T", "--x=1099511627776"},
    {"18446744073709551615", "--x=18446744073709551615"},
    {"18446744073709551616", NULL},
    {"18014398509481983K", "--x=18446744073709550592"},
    {"18014398509481984K", NULL},
    {"", NULL},
    {"K", NULL},
    {"-1", NULL},
    {" 1", NULL},
    {"+1", NULL},
    {"1 ", NULL},
    {"1KB", NULL},
    {"1KiBs", NULL},
    {"1P", NULL},
    {"1.5G", NULL},
};

START_TEST(sizes_have_suffixes) {
  struct cli cli = {.command = CLI_COMPILE};
  const char *const value = cli_parse_size(&cli, "--x", sizes[_i].text);
  if (sizes[_i].value) {
    ck_assert_ptr_nonnull(value);
    ck_assert_str_eq(value, sizes[_i].value);
  } else {
    ck_assert_ptr_null(value);
  }
  arena_free(&cli.arena);
}
END_TEST

static const struct {
  const char *text;
  const char *value;
} mounts[] = {
    {".::/", "--dir=.::/"},
    {"/tmp::/data:ro", "--dir=/tmp::/data:ro"},
    {"/tmp", "--dir=/tmp::/tmp"},
    {"/tmp:ro", "--dir=/tmp::/tmp:ro"},
    {"a:b::c", "--dir=a:b::c"},
    {"", NULL},
    {"::/", NULL},
    {".::", NULL},
    {".:::ro", NULL},
    {":ro", NULL},
};

START_TEST(mounts_have_two_sides) {
  struct cli cli = {.command = CLI_COMPILE};
  const char *const value = cli_parse_mount(&cli, mounts[_i].text);
  if (mounts[_i].value) {
    ck_assert_ptr_nonnull(value);
    ck_assert_str_eq(value, mounts[_i].value);
  } else {
    ck_assert_ptr_null(value);
  }
  arena_free(&cli.arena);
}
END_TEST

START_TEST(variables_have_a_name) {
  ck_assert(cli_check_variable("A=1"));
  ck_assert(cli_check_variable("A="));
  ck_assert(cli_check_variable("A=b=c"));
  ck_assert(!cli_check_variable("A"));
  ck_assert(!cli_check_variable("=1"));
  ck_assert(!cli_check_variable(""));
}
END_TEST

START_TEST(addresses_are_numeric) {
  static const char *const good[] = {"127.0.0.1:8080", "[::1]:80", "[::]:0",       "localhost:1",
                                     "*:65535",        ":8080",    "0.0.0.0:00080"};
  static const char *const bad[] = {"",
                                    ":",
                                    "8080",
                                    "localhost",
                                    "127.0.0.1:",
                                    "1.2.3:4",
                                    "::1:80",
                                    "[::1]",
                                    "[::1]80",
                                    "[1.2.3.4]:80",
                                    "host:65536",
                                    "host:80",
                                    "*:65536",
                                    "*:-1",
                                    "*:+1",
                                    "*:8 0",
                                    "*:http",
                                    "[]:80",
                                    "[::1:80",
                                    "*:4294967297",
                                    "[1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9]:80"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    ck_assert_msg(cli_check_address(good[i]), "%s", good[i]);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    ck_assert_msg(!cli_check_address(bad[i]), "%s", bad[i]);
  }
}
END_TEST

START_TEST(names_are_identifiers) {
  ck_assert(cli_check_name("wasm"));
  ck_assert(cli_check_name("_a9"));
  ck_assert(!cli_check_name(""));
  ck_assert(!cli_check_name("9a"));
  ck_assert(!cli_check_name("a-b"));
  ck_assert(!cli_check_name("a b"));
}
END_TEST

START_TEST(distance_counts_letters) {
  ck_assert_uint_eq(cli_distance("", ""), 0);
  ck_assert_uint_eq(cli_distance("abc", "abc"), 0);
  ck_assert_uint_eq(cli_distance("", "abc"), 3);
  ck_assert_uint_eq(cli_distance("abc", ""), 3);
  ck_assert_uint_eq(cli_distance("--emitt", "--emit"), 1);
  ck_assert_uint_eq(cli_distance("--tagret", "--target"), 2);
  ck_assert_uint_eq(cli_distance("kitten", "sitting"), 3);
  char word[200];
  memset(word, 'a', sizeof word - 1);
  word[sizeof word - 1] = '\0';
  ck_assert_uint_eq(cli_distance(word, "a"), SIZE_MAX);
  ck_assert_uint_eq(cli_distance("a", word), SIZE_MAX);
}
END_TEST

int main(void) {
  TCase *const tests = tcase_create("values");
  tcase_add_loop_test(tests, targets_have_many_spellings, 0, sizeof targets / sizeof *targets);
  tcase_add_loop_test(tests, sizes_have_suffixes, 0, sizeof sizes / sizeof *sizes);
  tcase_add_loop_test(tests, mounts_have_two_sides, 0, sizeof mounts / sizeof *mounts);
  tcase_add_test(tests, variables_have_a_name);
  tcase_add_test(tests, addresses_are_numeric);
  tcase_add_test(tests, names_are_identifiers);
  tcase_add_test(tests, distance_counts_letters);
  Suite *const suite = suite_create("values");
  suite_add_tcase(suite, tests);
  SRunner *const runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
