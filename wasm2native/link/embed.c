/* Writes directory trees to an object: ELF with one section of read-only data, which needs no relocation. */
#define _GNU_SOURCE
#include "embed.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "scan.h"

struct link_embed {
  const struct link_embed_job *job;
  struct scan_tree *trees;
};

const struct link_embed *link_embed_scan(const struct link_embed_job *job, struct arena *arena,
                                         struct diag_sink *sink) {
  struct link_embed *embed = ARENA_NEW(arena, struct link_embed);
  embed->job = job;
  embed->trees = ARENA_ARRAY(arena, struct scan_tree, job->count);
  struct stat status;
  const bool has_excluded = job->excluded && stat(job->excluded, &status) == 0;
  uint64_t limit = WASMRT_TREES_MAX;
  for (size_t i = 0; i < job->count; i++) {
    if (!scan_directory(job->trees[i].directory, has_excluded ? &status : NULL, limit, arena, sink,
                        &embed->trees[i])) {
      return NULL;
    }
    limit -= embed->trees[i].size;
  }
  return embed;
}

/* ---- Output ----------------------------------------------------------------------------------------- */

/* An output file. Errors are kept until it is closed. */
struct writer {
  FILE *stream;
  uint64_t written;
  struct diag_sink *sink;
};

static void put(struct writer *writer, const void *bytes, size_t size) {
  fwrite(bytes, 1, size, writer->stream);
  writer->written += size;
}

static void put_zeros(struct writer *writer, uint64_t until) {
  while (writer->written < until) {
    put(writer, "", 1);
  }
}

static uint64_t aligned(uint64_t offset) {
  return (offset + WASMRT_TREE_ALIGNMENT - 1) & ~(uint64_t)(WASMRT_TREE_ALIGNMENT - 1);
}

/* ---- Images ----------------------------------------------------------------------------------------- */

/* Where everything lies, from the begin of the image; returns the image's size. */
static uint64_t lay_out(struct scan_tree *tree) {
  uint64_t offset = sizeof(struct wasmrt_tree) + tree->count * sizeof(struct wasmrt_tree_node);
  for (size_t i = 0; i < tree->count; i++) {
    struct scan_node *node = &tree->nodes[i];
    node->node.name = (uint32_t)offset; /* below WASMRT_TREES_MAX */
    offset += strlen(node->name) + 1;
  }
  for (size_t i = 0; i < tree->count; i++) {
    struct wasmrt_tree_node *node = &tree->nodes[i].node;
    if (node->kind != WASMRT_TREE_DIRECTORY) {
      node->content = offset;
      offset += node->size + (node->kind == WASMRT_TREE_LINK ? 1 : 0);
    }
  }
  return offset;
}

/* Copies `size` bytes of a file; false with errno, which is 0 if the file has another size. */
static bool copy(struct writer *writer, int file, uint64_t size) {
  char buffer[65536];
  uint64_t left = size;
  ssize_t count;
  while ((count = read(file, buffer, sizeof buffer)) > 0 && (uint64_t)count <= left) {
    put(writer, buffer, (size_t)count);
    left -= (uint64_t)count;
  }
  if (count >= 0) {
    errno = 0;
  }
  return count == 0 && left == 0;
}

static bool put_file(struct writer *writer, const struct scan_node *node) {
  /* Not blocking, in case a FIFO has taken the file's place. */
  const int file = open(node->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) {
    return diag_error(writer->sink, DIAG_IO, "--embed: cannot open '%s': %s", node->path, strerror(errno));
  }
  struct stat status;
  const bool is_same = fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
                       status.st_dev == node->device && status.st_ino == node->inode;
  errno = 0;
  const bool ok = is_same && copy(writer, file, node->node.size);
  const int error = errno;
  close(file);
  return ok || diag_error(writer->sink, DIAG_IO, "--embed: cannot read '%s': %s", node->path,
                          error ? strerror(error) : "it has changed meanwhile");
}

/* Image number `index` of the executable. */
static bool put_image(struct writer *writer, const struct link_embed *embed, size_t index, uint64_t size) {
  const struct scan_tree *tree = &embed->trees[index];
  const struct wasmrt_tree header = {.size = size,
                                     .nodes = sizeof header,
                                     .node_count = tree->count,
                                     .time = embed->job->time,
                                     .device = WASMRT_TREE_DEVICE + index};
  put(writer, &header, sizeof header);
  for (size_t i = 0; i < tree->count; i++) {
    put(writer, &tree->nodes[i].node, sizeof tree->nodes[i].node);
  }
  for (size_t i = 0; i < tree->count; i++) {
    put(writer, tree->nodes[i].name, strlen(tree->nodes[i].name) + 1);
  }
  for (size_t i = 0; i < tree->count; i++) {
    const struct scan_node *node = &tree->nodes[i];
    if (node->node.kind == WASMRT_TREE_LINK) {
      put(writer, node->text, node->node.size + 1);
    } else if (node->node.kind == WASMRT_TREE_FILE && !put_file(writer, node)) {
      return false;
    }
  }
  return true;
}

/* ---- The section ------------------------------------------------------------------------------------ */

/* What lies in the section: the list, the guest's names of the trees, the images. */
struct section {
  struct wasmrt_tree_list *list;
  uint64_t *sizes; /* of the images */
  uint64_t size;
};

static struct section plan_section(const struct link_embed *embed, struct arena *arena) {
  const size_t count = embed->job->count;
  struct section section = {
      .list = arena_alloc(arena, 1, sizeof *section.list + count * sizeof *section.list->mounts),
      .sizes = ARENA_ARRAY(arena, uint64_t, count),
      .size = sizeof *section.list + count * sizeof *section.list->mounts};
  section.list->count = count;
  for (size_t i = 0; i < count; i++) {
    section.list->mounts[i].guest = section.size;
    section.size += strlen(embed->job->trees[i].guest) + 1;
  }
  for (size_t i = 0; i < count; i++) {
    section.list->mounts[i].image = aligned(section.size);
    section.sizes[i] = lay_out(&embed->trees[i]);
    section.size = aligned(section.size) + section.sizes[i];
  }
  return section;
}

static bool put_section(struct writer *writer, const struct link_embed *embed,
                        const struct section *section) {
  const uint64_t begin = writer->written;
  const size_t count = embed->job->count;
  put(writer, section->list, sizeof *section->list + count * sizeof *section->list->mounts);
  for (size_t i = 0; i < count; i++) {
    put(writer, embed->job->trees[i].guest, strlen(embed->job->trees[i].guest) + 1);
  }
  for (size_t i = 0; i < count; i++) {
    put_zeros(writer, begin + section->list->mounts[i].image);
    if (!put_image(writer, embed, i, section->sizes[i])) {
      return false;
    }
  }
  return true;
}

/* ---- The object ------------------------------------------------------------------------------------- */

static const char strings[] = "\0" WASMRT_TREES_SYMBOL "\0" WASMRT_MOUNT_TREES_SYMBOL;
static const char section_names[] =
    "\0.rodata." WASMRT_TREES_SYMBOL "\0.symtab\0.strtab\0.shstrtab\0.note.GNU-stack";
enum {
  SECTION_NONE,
  SECTION_TREES,
  SECTION_SYMBOLS,
  SECTION_STRINGS,
  SECTION_NAMES,
  SECTION_STACK,
  SECTION_COUNT
};

/* Where the name of a symbol or section begins in its table. */
static uint32_t name_offset(const char *table, size_t size, const char *name) {
  return (uint32_t)((const char *)memmem(table, size, name, strlen(name) + 1) - table);
}
#define STRING(name) name_offset(strings, sizeof strings, name)
#define SECTION_NAME(name) name_offset(section_names, sizeof section_names, name)

static void put_end(struct writer *writer, uint64_t size) {
  const Elf64_Sym symbols[] = {
      {0},
      {.st_name = STRING(WASMRT_TREES_SYMBOL),
       .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
       .st_other = STV_HIDDEN,
       .st_shndx = SECTION_TREES,
       .st_size = size},
      {.st_name = STRING(WASMRT_MOUNT_TREES_SYMBOL), .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE)},
  };
  Elf64_Shdr sections[SECTION_COUNT] = {
      [SECTION_TREES] = {.sh_name = SECTION_NAME(".rodata." WASMRT_TREES_SYMBOL),
                         .sh_type = SHT_PROGBITS,
                         .sh_flags = SHF_ALLOC,
                         .sh_addralign = WASMRT_TREE_ALIGNMENT,
                         .sh_offset = sizeof(Elf64_Ehdr),
                         .sh_size = size},
      [SECTION_SYMBOLS] = {.sh_name = SECTION_NAME(".symtab"),
                           .sh_type = SHT_SYMTAB,
                           .sh_link = SECTION_STRINGS,
                           .sh_info = 1,
                           .sh_addralign = 8,
                           .sh_entsize = sizeof *symbols,
                           .sh_size = sizeof symbols},
      [SECTION_STRINGS] = {.sh_name = SECTION_NAME(".strtab"),
                           .sh_type = SHT_STRTAB,
                           .sh_addralign = 1,
                           .sh_size = sizeof strings},
      [SECTION_NAMES] = {.sh_name = SECTION_NAME(".shstrtab"),
                         .sh_type = SHT_STRTAB,
                         .sh_addralign = 1,
                         .sh_size = sizeof section_names},
      [SECTION_STACK] = {.sh_name = SECTION_NAME(".note.GNU-stack"),
                         .sh_type = SHT_PROGBITS,
                         .sh_addralign = 1},
  };
  put_zeros(writer, aligned(writer->written));
  sections[SECTION_SYMBOLS].sh_offset = writer->written;
  put(writer, symbols, sizeof symbols);
  sections[SECTION_STRINGS].sh_offset = writer->written;
  put(writer, strings, sizeof strings);
  sections[SECTION_NAMES].sh_offset = writer->written;
  put(writer, section_names, sizeof section_names);
  sections[SECTION_STACK].sh_offset = writer->written;
  put_zeros(writer, aligned(writer->written));
  put(writer, sections, sizeof sections);
}

/* Where put_end() lays the section headers. */
static uint64_t headers_offset(uint64_t size) {
  const uint64_t symbols = aligned(sizeof(Elf64_Ehdr) + size);
  return aligned(symbols + 3 * sizeof(Elf64_Sym) + sizeof strings + sizeof section_names);
}

static void put_begin(struct writer *writer, enum link_arch arch, uint64_t size) {
  const Elf64_Ehdr header = {
      .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
      .e_type = ET_REL,
      .e_machine = arch == LINK_AARCH64 ? EM_AARCH64 : EM_X86_64,
      .e_version = EV_CURRENT,
      .e_shoff = headers_offset(size),
      .e_ehsize = sizeof header,
      .e_shentsize = sizeof(Elf64_Shdr),
      .e_shnum = SECTION_COUNT,
      .e_shstrndx = SECTION_NAMES,
  };
  put(writer, &header, sizeof header);
}

bool link_embed_write(const struct link_embed *embed, enum link_arch arch, const char *output,
                      struct arena *arena, struct diag_sink *sink) {
  const struct section section = plan_section(embed, arena);
  struct writer writer = {.stream = fopen(output, "wb"), .sink = sink};
  if (!writer.stream) {
    return diag_error(sink, DIAG_IO, "cannot create '%s': %s", output, strerror(errno));
  }
  put_begin(&writer, arch, section.size);
  const bool ok = put_section(&writer, embed, &section);
  put_end(&writer, section.size);
  const bool failed = ferror(writer.stream) != 0;
  if (fclose(writer.stream) != 0 || failed) {
    return ok && diag_error(sink, DIAG_IO, "cannot write '%s': %s", output, strerror(errno));
  }
  return ok;
}
