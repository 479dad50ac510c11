/* The guest options of executables. */
#include "guest.h"

#include "options.h"

static struct wasmrt_guest_options options;
static const char *culprit;
static void *storage;

/* Exactly as much storage as is asked for, so that a sanitizer sees what is written beyond. */
static const char *parse(const char *baked, const char *variable) {
  free(storage);
  storage = malloc(wasmrt_options_storage(baked, variable));
  return wasmrt_options_parse(baked, variable, &options, storage, &culprit);
}

static void ck_assert_parses(const char *baked, const char *variable) {
  const char *problem = parse(baked, variable);
  ck_assert_msg(problem == NULL, "%s: %s", problem, culprit);
  ck_assert_ptr_null(culprit);
}

START_TEST(nothing) {
  ck_assert_parses("", NULL);
  ck_assert_uint_eq(options.mount_count + options.env_count + options.stack_size + options.max_memory, 0);
  ck_assert(!options.inherit_env && !options.sealed);
  ck_assert_parses("", " \t\n ");
}
END_TEST

START_TEST(mounts_of_all_kinds) {
  ck_assert_parses("--dir=/a::/b\0--dir=/c::d:ro\0--dir=e\0", "--dir f:ro --dir=g::h::i");
  static const struct wasmrt_mount expected[] = {
      {"/a", "/b", false}, {"/c", "d", true}, {"e", "e", false}, {"f", "f", true}, {"g", "h::i", false}};
  ck_assert_uint_eq(options.mount_count, 5);
  for (size_t i = 0; i < 5; i++) {
    ck_assert_str_eq(options.mounts[i].host, expected[i].host);
    ck_assert_str_eq(options.mounts[i].guest, expected[i].guest);
    ck_assert_int_eq(options.mounts[i].read_only, expected[i].read_only);
  }
}
END_TEST

START_TEST(variables) {
  ck_assert_parses("--env=A=1\0--inherit-env\0", "--env B= --env=C=d=e");
  ck_assert_uint_eq(options.env_count, 3);
  ck_assert_str_eq(options.env[0], "A=1");
  ck_assert_str_eq(options.env[1], "B=");
  ck_assert_str_eq(options.env[2], "C=d=e");
  ck_assert(options.inherit_env);
}
END_TEST

START_TEST(listeners) {
  ck_assert_parses("--listen=127.0.0.1:80\0", "--listen [::1]:0 --listen=");
  ck_assert_uint_eq(options.listen_count, 3);
  ck_assert_str_eq(options.listen[0], "127.0.0.1:80");
  ck_assert_str_eq(options.listen[1], "[::1]:0");
  ck_assert_str_eq(options.listen[2], ""); /* refused later, by whoever knows addresses */
}
END_TEST

START_TEST(traces) {
  ck_assert_parses("--trace=wasi\0", NULL);
  ck_assert_uint_eq(options.trace, WASMRT_TRACE_ALL);
  ck_assert_parses("--trace=wasi:fs\0", "--trace wasi:sock,args");
  ck_assert_uint_eq(options.trace, 1u << WASMRT_TRACE_fs | 1u << WASMRT_TRACE_sock | 1u << WASMRT_TRACE_args);
  static const char *const wrong[] = {"",         "wasi:",  "wasi:,",     "wasi:fs,", "wasi,fs", "WASI",
                                      "wasi:fsx", "wasi:f", "wasi:fs:fd", "wasi: fs", "was",     "wasix"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    char words[64] = "--trace=";
    strcat(words, wrong[i]);
    words[strlen(words) + 1] = '\0';
    const char *problem = parse(words, NULL);
    ck_assert_msg(problem != NULL, "'%s' was accepted", wrong[i]);
    ck_assert_str_eq(problem,
                     "--trace needs wasi or wasi:SCOPE,... of args clock env fd fs poll proc random sock");
  }
}
END_TEST

START_TEST(confinement) {
  ck_assert_parses("", NULL);
  ck_assert_int_eq(options.confinement, WASMRT_CONFINE_IF_POSSIBLE);
  ck_assert_parses("--confine\0", NULL);
  ck_assert_int_eq(options.confinement, WASMRT_CONFINE);
  ck_assert_parses("--no-confine\0", NULL);
  ck_assert_int_eq(options.confinement, WASMRT_NO_CONFINE);
  ck_assert_parses("--no-confine\0", "--confine");
  ck_assert_int_eq(options.confinement, WASMRT_CONFINE);
  ck_assert_parses("--sealed\0--confine\0", "--no-confine");
  ck_assert_int_eq(options.confinement, WASMRT_CONFINE);
  ck_assert_ptr_nonnull(parse("", "--confined"));
}
END_TEST

START_TEST(sizes) {
  ck_assert_parses("--max-memory=65536\0--stack-size=64K\0", NULL);
  ck_assert_uint_eq(options.max_memory, 65536);
  ck_assert_uint_eq(options.stack_size, 65536);
  ck_assert_parses("--max-memory=1\0", "--max-memory 3M --stack-size=2G");
  ck_assert_uint_eq(options.max_memory, 3 << 20);
  ck_assert_uint_eq(options.stack_size, UINT64_C(2) << 30);
  static const char *const wrong[] = {"0",
                                      "",
                                      "K",
                                      "1X",
                                      "1KB",
                                      "-1",
                                      "18446744073709551616",
                                      "18446744073709551600",
                                      "8589934592G",
                                      "99999999999G",
                                      " 1"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    char words[64] = "--max-memory=";
    strcat(words, wrong[i]);
    words[strlen(words) + 1] = '\0';
    ck_assert_msg(parse(words, NULL) != NULL, "'%s' was accepted", wrong[i]);
    ck_assert_str_eq(culprit, wrong[i][0] == '\0' ? "--max-memory=" : words);
  }
}
END_TEST

START_TEST(quotes) {
  ck_assert_parses("", "--env=A='x y' --env=\"B=\\\"q\\\" \\\\\" --env=C=a\\ b \t--env='D=\\n'\"'\"e");
  ck_assert_uint_eq(options.env_count, 4);
  ck_assert_str_eq(options.env[0], "A=x y");
  ck_assert_str_eq(options.env[1], "B=\"q\" \\");
  ck_assert_str_eq(options.env[2], "C=a b");
  ck_assert_str_eq(options.env[3], "D=\\n'e");
  ck_assert_parses("", "--env=A=\\");
  ck_assert_str_eq(options.env[0], "A=\\");
}
END_TEST

START_TEST(sealed) {
  ck_assert_parses("--sealed\0--env=A=1\0", "--env=B=2 --nonsense");
  ck_assert(options.sealed);
  ck_assert_uint_eq(options.env_count, 1);
}
END_TEST

START_TEST(problems) {
  static const struct {
    const char *variable, *problem, *culprit;
  } rows[] = {
      {"--nonsense", "unknown option", "--nonsense"},
      {"--env=A=1 --directory=x", "unknown option", "--directory=x"},
      {"file", "unknown option", "file"},
      {"''", "unknown option", ""},
      {"--inherit-env=1", "unknown option", "--inherit-env=1"},
      {"--dir", "a value is missing", "--dir"},
      {"--dir=", "--dir needs HOST::GUEST[:ro]", "--dir="},
      {"--dir=::x", "--dir needs HOST::GUEST[:ro]", "--dir="},
      {"--dir x::", "--dir needs HOST::GUEST[:ro]", "x"},
      {"--env=A", "--env needs NAME=VALUE", "--env=A"},
      {"--env==A", "--env needs NAME=VALUE", "--env==A"},
      {"--env='A=1", "a quote is not closed", "--env=A=1"},
      {"--env=\"A=1\\\"", "a quote is not closed", "--env=A=1\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *problem = parse("", rows[i].variable);
    ck_assert_msg(problem != NULL, "'%s' was accepted", rows[i].variable);
    ck_assert_str_eq(problem, rows[i].problem);
    ck_assert_str_eq(culprit, rows[i].culprit);
  }
  ck_assert_str_eq(parse("--what\0", NULL), "unknown option");
}
END_TEST

START_TEST(as_many_words_as_characters_allow) {
  char variable[2001];
  for (size_t i = 0; i < 1000; i++) {
    memcpy(variable + 2 * i, "a ", 2);
  }
  variable[2000] = '\0';
  ck_assert_str_eq(parse("", variable), "unknown option");
  char environment[8 * 200 + 1] = "";
  for (size_t i = 0; i < 150; i++) {
    strcat(environment, "--env A=");
    strcat(environment, " ");
  }
  ck_assert_parses("", environment);
  ck_assert_uint_eq(options.env_count, 150);
}
END_TEST

int main(void) {
  const TTest *const tests[] = {nothing,
                                mounts_of_all_kinds,
                                variables,
                                listeners,
                                traces,
                                confinement,
                                sizes,
                                quotes,
                                sealed,
                                problems,
                                as_many_words_as_characters_allow};
  return run_suite("options", tests, sizeof tests / sizeof *tests);
}
