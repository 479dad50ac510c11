/* Printing calls (trace.h): reads the directives of trace.def, and prints what they say of a call. */
#define _GNU_SOURCE
#include <unistd.h>

#include "preview1.h"

/* Bytes that are shown of data and of paths, and iovecs. */
enum { MOST_DATA = 32, MOST_TEXT = 256, MOST_VECTORS = 8 };
/* What is kept free for the end of a line: "...) = 76 ENOTCAPABLE\n". */
enum { LINE_END = 32 };

/* ---- Pieces ----------------------------------------------------------------------------------------- */

/* Not inlined: it is called all over this file. */
static __attribute__((noinline)) void put(struct wasi_call *call, char character) {
  if (call->length < call->limit) {
    call->line[call->length++] = character;
  } else {
    call->is_cut = true;
  }
}

void wasi_put_text(struct wasi_call *call, const char *text) {
  for (; *text != '\0'; text++) {
    put(call, *text);
  }
}

static void put_digits(struct wasi_call *call, uint64_t number, unsigned base) {
  if (number >= base) {
    put_digits(call, number / base, base);
  }
  put(call, "0123456789abcdef"[number % base]);
}

void wasi_put_number(struct wasi_call *call, uint64_t number) {
  put_digits(call, number, 10);
}

void wasi_put_hex(struct wasi_call *call, uint64_t number) {
  wasi_put_text(call, "0x");
  put_digits(call, number, 16);
}

/* Puts a name of a list, and returns where the next one begins; "}" is the end. */
static const char *pass_name(struct wasi_call *call, const char *names, bool is_shown) {
  for (; *names != ',' && *names != '}'; names++) {
    if (is_shown) {
      put(call, *names);
    }
  }
  return names + (*names == ',');
}

void wasi_put_name(struct wasi_call *call, const char *names, uint64_t index) {
  for (uint64_t i = 0; *names != '}'; i++) {
    names = pass_name(call, names, i == index);
    if (i == index) {
      return;
    }
  }
  wasi_put_number(call, index);
}

void wasi_put_flags(struct wasi_call *call, const char *names, uint64_t set) {
  uint64_t rest = set;
  for (uint64_t bit = 1; *names != '}'; bit <<= 1) {
    const bool is_in = (set & bit) != 0;
    if (is_in && (set & (bit - 1)) != 0) {
      put(call, '|');
    }
    names = pass_name(call, names, is_in);
    rest &= ~bit;
  }
  if (rest != 0 || set == 0) {
    if (rest != set) {
      put(call, '|');
    }
    rest != 0 ? wasi_put_hex(call, rest) : put(call, '0');
  }
}

void wasi_put_errno(struct wasi_call *call, uint32_t error) {
#define ERRNO(name) #name ","
  static const char names[] = WASMRT_WASI_ERRNOS(ERRNO) "NOTCAPABLE}";
#undef ERRNO
  if (error != WASI_ESUCCESS) {
    put(call, 'E');
    wasi_put_name(call, names, error - 1);
  }
}

/* Bytes of the guest's in quotes, at most `most` of them. */
static void put_bytes(struct wasi_call *call, const uint8_t *bytes, uint64_t length, uint64_t most) {
  put(call, '"');
  for (uint64_t i = 0; i < length && i < most; i++) {
    const uint8_t byte = bytes[i];
    if (byte >= 0x20 && byte < 0x7f) {
      if (byte == '"' || byte == '\\') {
        put(call, '\\');
      }
      put(call, (char)byte);
      continue;
    }
    put(call, '\\');
    if (byte == '\n') {
      put(call, 'n');
    } else {
      put(call, 'x');
      put_digits(call, byte >> 4, 16);
      put_digits(call, byte & 15, 16);
    }
  }
  wasi_put_text(call, length > most ? "\"..." : "\"");
}

/* The u32 at an address, or 0. */
static uint32_t load_u32(const struct wasi_call *call, uint64_t address) {
  uint32_t value = 0;
  wasmrt_guest_read(call->caller, (uint32_t)address, &value, sizeof value);
  return value;
}

/* A buffer of (address, length) at value, of which the first `filled` bytes count; "0x1000+16" if it is none.
 */
static void put_buffer(struct wasi_call *call, const uint64_t *value, uint64_t filled, uint64_t most) {
  const uint8_t *bytes = wasmrt_guest(call->caller, (uint32_t)value[0], value[1]);
  if (bytes != NULL && filled <= value[1]) {
    put_bytes(call, bytes, filled, most);
  } else {
    wasi_put_hex(call, value[0]);
    put(call, '+');
    wasi_put_number(call, value[1]);
  }
}

/* Iovecs of (address, count) at value, of whose bytes the first `filled` count; "0x1000[2]" where they are
 * not to be looked at, or cannot be. */
static void put_vectors(struct wasi_call *call, const uint64_t *value, uint64_t filled, bool is_known) {
  const uint32_t address = (uint32_t)value[0], count = (uint32_t)value[1];
  if (!is_known || wasmrt_guest_array(call->caller, address, count, sizeof(struct wasi_iovec)) == NULL) {
    wasi_put_hex(call, address);
    put(call, '[');
    wasi_put_number(call, count);
    put(call, ']');
    return;
  }
  put(call, '[');
  for (uint32_t i = 0; i < count; i++) {
    struct wasi_iovec vector;
    wasi_put_text(call, i > 0 ? ", " : "");
    if (i == MOST_VECTORS ||
        !wasmrt_guest_read(call->caller, address + i * (uint32_t)sizeof vector, &vector, sizeof vector)) {
      wasi_put_text(call, "...");
      break;
    }
    const uint8_t *bytes = wasmrt_guest(call->caller, vector.address, vector.length);
    const uint64_t shown = filled < vector.length ? filled : vector.length;
    filled -= shown;
    put(call, '{');
    if (bytes != NULL) {
      put_bytes(call, bytes, shown, MOST_DATA);
    } else {
      wasi_put_hex(call, vector.address);
    }
    wasi_put_text(call, ", ");
    wasi_put_number(call, vector.length);
    put(call, '}');
  }
  put(call, ']');
}

/* ---- Directives ------------------------------------------------------------------------------------- */

/* What the call left behind, for one directive; an address if it failed. */
static void put_result(struct wasi_call *call, char directive, const uint64_t *value) {
  static const uint8_t sizes[] = {['n' - 'h'] = 4, ['h' - 'h'] = 2, ['t' - 'h'] = 8};
  const bool is_good = call->result == WASI_ESUCCESS;
  uint64_t number = 0;
  switch (directive) {
  case 'b':
    put_buffer(call, value, is_good ? value[1] : UINT64_MAX, MOST_TEXT);
    return;
  case 'l':
    put_buffer(call, value, is_good ? load_u32(call, value[2]) : UINT64_MAX, MOST_TEXT);
    return;
  case 'r':
  case 'p':
    put_vectors(call, value, load_u32(call, value[directive == 'r' ? 2 : 3]), is_good);
    return;
  case ']':
  case ')':
    if (!is_good || !call->function->show(call, value)) {
      wasi_put_hex(call, value[0]);
    }
    return;
  default:
    if (!is_good || !wasmrt_guest_read(call->caller, (uint32_t)value[0], &number, sizes[directive - 'h'])) {
      wasi_put_hex(call, value[0]);
    } else if (directive == 'h') {
      wasi_put_hex(call, number);
    } else {
      wasi_put_number(call, number);
    }
  }
}

/* What is known before the call. */
static void put_argument(struct wasi_call *call, char directive, const uint64_t *value) {
  switch (directive) {
  case 'd':
    wasi_put_number(call, value[0]);
    return;
  case 'i':
    if (value[0] >> 63 != 0) {
      put(call, '-');
    }
    wasi_put_number(call, value[0] >> 63 != 0 ? -value[0] : value[0]);
    return;
  case 's':
    put_buffer(call, value, value[1], MOST_TEXT);
    return;
  case 'w':
    put_vectors(call, value, UINT64_MAX, true);
    return;
  case 'e':
  case 'f':
    (directive == 'e' ? wasi_put_name : wasi_put_flags)(call, call->text + 2, value[0]); /* behind "e{" */
    while (*call->text != '}') {
      call->text++;
    }
    return;
  case '(':
    if (call->function->show(call, value)) {
      return;
    }
    break;
  }
  wasi_put_hex(call, value[0]);
}

static bool is_one_of(char character, const char *list) {
  for (; *list != '\0'; list++) {
    if (*list == character) {
      return true;
    }
  }
  return false;
}

static void begin(struct wasi_call *call, const uint64_t *values) {
  call->text = call->function->text;
  call->value = values;
  call->is_cut = false;
  call->length = 0;
  call->limit = WASI_TRACE_LINE - LINE_END;
}

/* Writes the line. It goes to the embedder if he wants it. */
static void end(struct wasi_call *call) {
  const struct wasi *wasi = call->caller->wasi;
  call->limit = WASI_TRACE_LINE;
  wasi_put_text(call, call->is_cut ? "...) = " : ") = ");
  if (call->is_done) {
    wasi_put_number(call, call->result);
    wasi_put_text(call, call->result != WASI_ESUCCESS ? " " : "");
    wasi_put_errno(call, call->result);
  } else {
    put(call, '?');
  }
  put(call, '\n');
  if (wasi != NULL && wasi->trace_line != NULL) {
    wasi->trace_line(wasi->trace_user, call->line, call->length);
    return;
  }
  const struct iovec line = {.iov_base = call->line, .iov_len = call->length};
  (void)!writev(STDERR_FILENO, &line, 1);
}

/* Prints up to the first directive that has to wait for the call. Returns whether the line was written. */
static bool proceed(struct wasi_call *call) {
  for (; *call->text != '\0'; call->text++) {
    if (*call->text != '%') {
      put(call, *call->text);
      continue;
    }
    const char directive = call->text[1];
    const bool is_result = is_one_of(directive, "nhtblrp)]");
    if (is_result && !call->is_done) {
      return false;
    }
    call->text++;
    if (is_result) {
      put_result(call, directive, call->value);
    } else if (directive != '!') {
      put_argument(call, directive, call->value);
    } else if (!call->is_done) {
      end(call);
      return true;
    }
    call->value += is_one_of(directive, "swblrp]") ? 2 : 1;
  }
  return false;
}

uint32_t wasi_trace(struct wasmrt_instance *caller, const struct wasi_traced *function,
                    const uint64_t *values) {
  struct wasi_call call;
  call.caller = caller;
  call.function = function;
  call.is_done = false;
  begin(&call, values);
  const bool is_written = proceed(&call);
  call.result = function->run(caller, values);
  call.is_done = true;
  if (is_written) {
    begin(&call, values);
  }
  proceed(&call);
  end(&call);
  return call.result;
}
