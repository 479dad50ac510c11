/* link/embed.c and scan.c: directory trees as objects, read back as the runtime reads them. */
#define _GNU_SOURCE
#include "embed.h"

#include <check.h>
#include <elf.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tree.h"

static char directory[] = "/tmp/embed-test-XXXXXX";
static struct arena arena;
static char errors[4096];

static void collect(void *context, const struct diag *diag) {
  (void)context;
  strncat(errors, diag->message, sizeof errors - strlen(errors) - 1);
}

static struct diag_sink sink = {.handler = collect};

static void write_file(const char *path, const char *bytes, size_t size) {
  FILE *const stream = fopen(path, "wb");
  ck_assert_ptr_nonnull(stream);
  fwrite(bytes, 1, size, stream);
  fclose(stream);
}

static void setup(void) {
  ck_assert_ptr_nonnull(mkdtemp(directory));
  ck_assert_int_eq(chdir(directory), 0);
  mkdir("tree", 0777);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk) {
  (void)status, (void)type, (void)walk;
  return remove(path);
}

static void teardown(void) {
  ck_assert_int_eq(nftw(directory, remove_entry, 100, FTW_DEPTH | FTW_PHYS), 0);
  arena_free(&arena);
}

static const struct link_tree one_tree = {"tree", "/lib"};

static bool pack(const struct link_tree *trees, size_t count, const char *object) {
  const struct link_embed_job job = {.trees = trees, .count = count, .time = 7, .excluded = "tree/program"};
  const struct link_embed *const embed = link_embed_scan(&job, &arena, &sink);
  return embed && link_embed_write(embed, LINK_X86_64, object, &arena, &sink);
}

static uint8_t *read_file(const char *path, size_t *size) {
  FILE *const stream = fopen(path, "rb");
  ck_assert_ptr_nonnull(stream);
  struct stat status;
  fstat(fileno(stream), &status);
  *size = (size_t)status.st_size;
  uint8_t *const bytes = malloc(*size);
  ck_assert_uint_eq(fread(bytes, 1, *size, stream), *size);
  fclose(stream);
  return bytes;
}

/* The section's bytes in the object; what else is in it is for the linker to judge. */
static const struct wasmrt_tree_list *find_list(const uint8_t *object, size_t size) {
  const Elf64_Ehdr *const header = (const void *)object;
  ck_assert_uint_eq(header->e_shoff % 8, 0);
  ck_assert_uint_eq(header->e_shoff + header->e_shnum * sizeof(Elf64_Shdr), size);
  const Elf64_Shdr *const section = (const Elf64_Shdr *)(const void *)(object + header->e_shoff) + 1;
  ck_assert_uint_eq(section->sh_flags, SHF_ALLOC);
  return (const void *)(object + section->sh_offset);
}

static const struct wasmrt_tree *image_of(const struct wasmrt_tree_list *list, unsigned index) {
  ck_assert_uint_eq(list->mounts[index].image % WASMRT_TREE_ALIGNMENT, 0);
  return (const void *)((const uint8_t *)list + list->mounts[index].image);
}

static const void *at(const struct wasmrt_tree *image, uint64_t offset) {
  ck_assert_uint_le(offset, image->size);
  return (const uint8_t *)image + offset;
}

static const struct wasmrt_tree_node *node_of(const struct wasmrt_tree *image, uint64_t index) {
  ck_assert_uint_lt(index, image->node_count);
  return (const struct wasmrt_tree_node *)at(image, image->nodes) + index;
}

/* Looks for an entry one by one, and sees to the order. */
static const struct wasmrt_tree_node *find(const struct wasmrt_tree *image,
                                           const struct wasmrt_tree_node *dir, const char *name) {
  const struct wasmrt_tree_node *found = NULL;
  ck_assert_uint_eq(dir->kind, WASMRT_TREE_DIRECTORY);
  for (uint64_t i = 0; i < dir->size; i++) {
    const struct wasmrt_tree_node *const node = node_of(image, dir->content + i);
    const char *const node_name = at(image, node->name);
    ck_assert_uint_eq(strlen(node_name), node->name_length);
    if (i > 0) {
      ck_assert_int_lt(strcmp(at(image, node[-1].name), node_name), 0);
    }
    if (strcmp(node_name, name) == 0) {
      found = node;
    }
  }
  ck_assert_msg(found, "there is no %s", name);
  return found;
}

static void check_content(const struct wasmrt_tree *image, const struct wasmrt_tree_node *node,
                          const char *bytes, size_t size) {
  ck_assert_uint_eq(node->size, size);
  ck_assert_uint_le(node->content + size, image->size);
  ck_assert_mem_eq(at(image, node->content), bytes, size);
}

static void build_tree(void) {
  static char large[200000];
  for (size_t i = 0; i < sizeof large; i++) {
    large[i] = (char)(i * 7 + i / 1000);
  }
  write_file("tree/large", large, sizeof large);
  write_file("tree/empty file", "", 0);
  write_file("tree/\xc3\xa9", "latin", 5);
  mkdir("tree/empty", 0700);
  mkdir("tree/sub", 0777);
  mkdir("tree/sub/deeper", 0777);
  write_file("tree/sub/deeper/file", "deep", 4);
  ck_assert_int_eq(symlink("deeper/file", "tree/sub/link"), 0);
  ck_assert_int_eq(symlink("/nowhere", "tree/sub/absolute"), 0);
  write_file("tree/program", "what is being made", 18);
}

START_TEST(keeps_what_it_finds) {
  build_tree();
  ck_assert_msg(pack(&one_tree, 1, "trees.o"), "%s", errors);
  size_t size, large_size;
  uint8_t *const object = read_file("trees.o", &size), *const large = read_file("tree/large", &large_size);
  const struct wasmrt_tree_list *const list = find_list(object, size);
  ck_assert_uint_eq(list->count, 1);
  ck_assert_str_eq((const char *)list + list->mounts[0].guest, "/lib");
  const struct wasmrt_tree *const image = image_of(list, 0);
  ck_assert_uint_eq(image->time, 7);
  ck_assert_uint_eq(image->node_count, 10);
  const struct wasmrt_tree_node *const root = node_of(image, 0);
  ck_assert_uint_eq(root->size, 5);
  ck_assert_uint_eq(root->link_count, 4);
  check_content(image, find(image, root, "large"), (const char *)large, large_size);
  check_content(image, find(image, root, "empty file"), "", 0);
  check_content(image, find(image, root, "\xc3\xa9"), "latin", 5);
  ck_assert_uint_eq(find(image, root, "empty")->size, 0);
  ck_assert_uint_eq(find(image, root, "empty")->link_count, 2);
  const struct wasmrt_tree_node *const sub = find(image, root, "sub");
  check_content(image, find(image, find(image, sub, "deeper"), "file"), "deep", 4);
  ck_assert_uint_eq(find(image, sub, "link")->kind, WASMRT_TREE_LINK);
  check_content(image, find(image, sub, "link"), "deeper/file", 11);
  ck_assert_str_eq(at(image, find(image, sub, "link")->content), "deeper/file");
  check_content(image, find(image, sub, "absolute"), "/nowhere", 8);
  free(object);
  free(large);
}
END_TEST

static void same_object(const char *left, const char *right) {
  size_t left_size, right_size;
  uint8_t *const a = read_file(left, &left_size), *const b = read_file(right, &right_size);
  ck_assert_uint_eq(left_size, right_size);
  ck_assert_mem_eq(a, b, left_size);
  free(a);
  free(b);
}

/* Neither times and permissions nor the order in which a directory was filled are in the result. */
START_TEST(makes_the_same_of_the_same) {
  mkdir("other", 0777);
  for (int turn = 0; turn < 2; turn++) {
    for (int i = 0; i < 50; i++) {
      char path[64];
      sprintf(path, "%s/file-%d", turn ? "other" : "tree", turn ? 49 - i : i);
      write_file(path, path + strlen(path) - 1, 1);
      chmod(path, turn ? 0400 : 0777);
      utimensat(AT_FDCWD, path, (const struct timespec[2]){{i, 0}, {1000 * turn + i, 0}}, 0);
    }
  }
  const struct link_tree other = {"other", "/lib"};
  ck_assert(pack(&one_tree, 1, "one.o") && pack(&other, 1, "two.o"));
  same_object("one.o", "two.o");
}
END_TEST

START_TEST(holds_several_trees) {
  write_file("tree/file", "first", 5);
  mkdir("second", 0777);
  write_file("second/file", "second", 6);
  const struct link_tree trees[] = {{"tree", "/a"}, {"second", "a longer name of the second"}, {"tree", "."}};
  ck_assert(pack(trees, 3, "trees.o"));
  size_t size;
  uint8_t *const object = read_file("trees.o", &size);
  const struct wasmrt_tree_list *const list = find_list(object, size);
  ck_assert_uint_eq(list->count, 3);
  for (unsigned i = 0; i < 3; i++) {
    const struct wasmrt_tree *const image = image_of(list, i);
    ck_assert_str_eq((const char *)list + list->mounts[i].guest, trees[i].guest);
    ck_assert_uint_eq(image->device, WASMRT_TREE_DEVICE + i);
    check_content(image, find(image, node_of(image, 0), "file"), i == 1 ? "second" : "first", i == 1 ? 6 : 5);
  }
  free(object);
}
END_TEST

static void make_socket(void) {
  const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "tree/odd"};
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
  close(fd);
}

static void make_fifo(void) {
  ck_assert_int_eq(mkfifo("tree/odd", 0666), 0);
}

/* No byte of it is written. */
static void make_huge(void) {
  write_file("tree/odd", "", 0);
  ck_assert_int_eq(truncate("tree/odd", (off_t)WASMRT_TREES_MAX), 0);
}

static void make_endless(void) {
  write_file("tree/odd", "", 0);
  ck_assert_int_eq(truncate("tree/odd", (off_t)1 << 43), 0);
}

static void replace_by_file(void) {
  rmdir("tree");
  write_file("tree", "", 0);
}

static void remove_tree(void) {
  rmdir("tree");
}

static const struct {
  void (*prepare)(void);
  const char *error;
} refusals[] = {
    {make_socket,
     "--embed: 'tree/odd' is a socket; only files, directories and symbolic links can be in a tree"},
    {make_fifo, "--embed: 'tree/odd' is a FIFO; only"},
    {make_huge, "--embed: 'tree' is too large: an executable holds up to 1024 MiB of trees"},
    {make_endless, "--embed: 'tree' is too large: "},
    {replace_by_file, "--embed: cannot open 'tree': Not a directory"},
    {remove_tree, "--embed: cannot open 'tree': No such file or directory"},
};

START_TEST(refuses) {
  refusals[_i].prepare();
  ck_assert(!pack(&one_tree, 1, "trees.o"));
  ck_assert_msg(strncmp(errors, refusals[_i].error, strlen(refusals[_i].error)) == 0, "%s", errors);
  ck_assert_int_ne(access("trees.o", F_OK), 0);
}
END_TEST

/* The limit is one for all trees. */
START_TEST(adds_sizes_up) {
  mkdir("second", 0777);
  write_file("tree/a", "", 0);
  write_file("second/b", "", 0);
  ck_assert_int_eq(truncate("tree/a", (off_t)(WASMRT_TREES_MAX / 2)), 0);
  ck_assert_int_eq(truncate("second/b", (off_t)(WASMRT_TREES_MAX / 2)), 0);
  const struct link_tree trees[] = {one_tree, {"second", "/b"}};
  const struct link_embed_job job = {.trees = trees, .count = 2};
  ck_assert_ptr_null(link_embed_scan(&job, &arena, &sink));
  ck_assert_msg(strncmp(errors, "--embed: 'second' is too large", 30) == 0, "%s", errors);
}
END_TEST

static void cut_off(void) {
  ck_assert_int_eq(truncate("tree/file", 3), 0);
}

static void lengthen(void) {
  ck_assert_int_eq(truncate("tree/file", 100), 0);
}

static void swap_for_link(void) {
  remove("tree/file");
  ck_assert_int_eq(symlink("/etc/passwd", "tree/file"), 0);
}

static void swap_for_fifo(void) {
  remove("tree/file");
  ck_assert_int_eq(mkfifo("tree/file", 0666), 0);
}

static void (*const changes[])(void) = {cut_off, lengthen, swap_for_link, swap_for_fifo};

/* What changes between the look and the copy is no half file, nor a file from elsewhere. */
START_TEST(notices_changes) {
  write_file("tree/file", "content", 7);
  const struct link_embed_job job = {.trees = &one_tree, .count = 1};
  const struct link_embed *const embed = link_embed_scan(&job, &arena, &sink);
  ck_assert_ptr_nonnull(embed);
  changes[_i]();
  ck_assert(!link_embed_write(embed, LINK_X86_64, "trees.o", &arena, &sink));
  ck_assert_ptr_nonnull(strstr(errors, "'tree/file'"));
}
END_TEST

START_TEST(reports_what_cannot_be_written) {
  static char large[100000];
  write_file("tree/file", large, sizeof large);
  ck_assert(!pack(&one_tree, 1, "absent/trees.o"));
  ck_assert_msg(strcmp(errors, "cannot create 'absent/trees.o': No such file or directory") == 0, "%s",
                errors);
  errors[0] = '\0';
  ck_assert(!pack(&one_tree, 1, "/dev/full"));
  ck_assert_msg(strncmp(errors, "cannot write '/dev/full': ", 26) == 0, "%s", errors);
}
END_TEST

int main(void) {
  TCase *const tests = tcase_create("embed");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_test(tests, keeps_what_it_finds);
  tcase_add_test(tests, makes_the_same_of_the_same);
  tcase_add_test(tests, holds_several_trees);
  tcase_add_loop_test(tests, refuses, 0, sizeof refusals / sizeof *refusals);
  tcase_add_test(tests, adds_sizes_up);
  tcase_add_loop_test(tests, notices_changes, 0, sizeof changes / sizeof *changes);
  tcase_add_test(tests, reports_what_cannot_be_written);
  Suite *const suite = suite_create("embed");
  suite_add_tcase(suite, tests);
  SRunner *const runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
