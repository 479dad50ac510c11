// A host in C++ that loads a plugin from a shared object, and wasmrt.h and wasmrt_wasi.h as C++ sees them.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "wasmrt_wasi.h"

namespace {

std::string logged;

wasmrt_status log_text(void *, wasmrt_instance *caller, uint64_t *slots, wasmrt_error *error) {
  const void *text = wasmrt_memory_view(wasmrt_instance_memory(caller), slots[0], slots[1]);
  if (text == nullptr) {
    return wasmrt_error_trap(error, WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  }
  logged.assign(static_cast<const char *>(text), slots[1]);
  return WASMRT_OK;
}

wasmrt_status nothing(void *, wasmrt_instance *, uint64_t *, wasmrt_error *) {
  return WASMRT_OK;
}

void require(bool ok, const char *what, const wasmrt_error &error) {
  if (!ok) {
    std::fprintf(stderr, "%s: %s\n", what, error.message);
    std::exit(EXIT_FAILURE);
  }
}

struct describes {
  wasmrt_wasi *wasi = wasmrt_wasi_create();
  std::string written;
  ~describes() {
    wasmrt_wasi_destroy(wasi);
  }
};

// What a host in C++ says to WASI: callbacks are lambdas.
bool describe(describes &description, wasmrt_error &error) {
  wasmrt_wasi_stream output{};
  output.kind = WASMRT_WASI_STREAM_CALLBACK;
  output.user = &description.written;
  output.write = [](void *user, const void *bytes, size_t size, size_t *done) -> uint32_t {
    static_cast<std::string *>(user)->append(static_cast<const char *>(bytes), size);
    *done = size;
    return WASMRT_WASI_ESUCCESS;
  };
  const char *const arguments[] = {"plugin"};
  return wasmrt_wasi_set_arguments(description.wasi, 1, arguments, &error) == WASMRT_OK &&
         wasmrt_wasi_set_stream(description.wasi, 1, &output, &error) == WASMRT_OK &&
         wasmrt_wasi_mount(description.wasi, "/", "/", WASMRT_WASI_READ_ONLY, &error) == WASMRT_OK &&
         wasmrt_wasi_system_clocks(description.wasi, &error) == WASMRT_OK;
}

// The plugin imports nothing of WASI; its host may call that for it all the same.
void greet(describes &description, wasmrt_instance *plugin, wasmrt_error &error) {
  uint64_t slots[4] = {0, 0, 0, 0};
  require(wasmrt_call(wasmrt_find_function(plugin, "buffer"), slots, &error) == WASMRT_OK, "buffer", error);
  const uint32_t buffer = static_cast<uint32_t>(slots[0]), vector[2] = {buffer + 8, 5};
  require(wasmrt_memory_write(wasmrt_instance_memory(plugin), buffer, vector, sizeof vector) &&
              wasmrt_memory_write(wasmrt_instance_memory(plugin), buffer + 8, "hello", 5),
          "a write", error);
  slots[0] = 1, slots[1] = buffer, slots[2] = 1, slots[3] = buffer + 16;
  require(wasmrt_wasi_call(plugin, "fd_write", slots, &error) == WASMRT_OK &&
              slots[0] == WASMRT_WASI_ESUCCESS && description.written == "hello",
          "fd_write", error);
}

} // namespace

int main(int argc, char **argv) {
  wasmrt_error error{};
  wasmrt_library *library = nullptr;
  require(wasmrt_library_open("/no/such/file.so", &library, &error) == WASMRT_ERROR_MODULE, "a missing file",
          error);
  require(argc == 2 && wasmrt_library_open(argv[1], &library, &error) == WASMRT_OK, "the library", error);
  require(wasmrt_library_module(library, "other") == nullptr, "a module that is not there", error);
  const wasmrt_module *module = wasmrt_library_module(library, "plugin_shared");
  require(module != nullptr, "the module", error);

  // Several times over, since a registration that is left behind would show.
  for (int round = 0; round < 3; round++) {
    wasmrt_store *store = wasmrt_store_create();
    wasmrt_instance *plugin = nullptr;
    require(
        wasmrt_define_function(store, "host", "log", "ii:", log_text, nullptr, &error) == WASMRT_OK &&
            wasmrt_define_function(store, "host", "twice", "F:F", nothing, nullptr, &error) == WASMRT_OK &&
            wasmrt_define_function(store, "host", "call_back", "i:i", nothing, nullptr, &error) == WASMRT_OK,
        "definitions", error);
    describes description;
    require(describe(description, error), "a description", error);
    wasmrt_instance_options options{};
    options.wasi = description.wasi;
    require(wasmrt_instantiate(store, module, &options, &plugin, &error) == WASMRT_OK, "an instance", error);
    greet(description, plugin, error);
    uint64_t slots[2] = {0, 0};
    require(wasmrt_call(wasmrt_find_function(plugin, "buffer"), slots, &error) == WASMRT_OK, "buffer", error);
    require(wasmrt_memory_write(wasmrt_instance_memory(plugin), slots[0], "shared", 6), "a write", error);
    slots[0] = 6;
    require(wasmrt_call(wasmrt_find_function(plugin, "greet"), slots, &error) == WASMRT_OK &&
                logged == "SHARED",
            "greet", error);
    slots[0] = UINT32_MAX;
    require(wasmrt_call(wasmrt_find_function(plugin, "peek"), slots, &error) == WASMRT_ERROR_TRAP &&
                error.trap == WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS && std::string(error.frames[0].name) == "peek",
            "a trap", error);
    wasmrt_store_destroy(store);
  }
  wasmrt_library_close(library);
  return EXIT_SUCCESS;
}
