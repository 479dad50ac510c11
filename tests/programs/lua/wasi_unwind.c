/* The throwing half of lua/wasi_unwind.h. */

/* Where asyncify writes the locals of the frames that it leaves: Lua nests at most 200 C calls. */
static char frames[1 << 20];

static struct {
  char *next;
  char *end;
} buffer;

__attribute__((import_module("asyncify"), import_name("start_unwind"))) void
asyncify_start_unwind(void *buffer);

void wasi_start_unwind(void);
void wasi_start_unwind(void) {
  buffer.next = frames;
  buffer.end = frames + sizeof frames;
  asyncify_start_unwind(&buffer);
}
