/* Traps by signals and by calls: where they are recognised, what they leave behind, and what is none of
 * theirs. */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

/* ---- Memory ----------------------------------------------------------------------------------------- */

START_TEST(access_within_memory) {
  const struct wasmrt_module *module = guest_module();
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  ck_assert_int_eq(call(instance, "store", 65535, NULL), WASMRT_OK);
  uint64_t result;
  ck_assert_int_eq(call(instance, "load", 65535, &result), WASMRT_OK);
  ck_assert_uint_eq(result, 7);
}
END_TEST

START_TEST(access_beyond_memory) {
  const struct wasmrt_module *module = guest_module();
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  for (int i = 0; i < 3; i++) {
    ck_assert_trap(call(instance, "load", 65536, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
    ck_assert_trap(call(instance, "store", UINT32_MAX, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  }
  ck_assert_uint_eq(error.frame_count, 1);
  ck_assert_str_eq(error.frames[0].name, "store");
  ck_assert_uint_eq(error.frames[0].function, 2);
  ck_assert_ptr_eq(error.frames[0].module, module);
}
END_TEST

START_TEST(access_at_the_ends_of_the_reservation) {
  const struct wasmrt_module *module = guest_module();
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  for (uint64_t which = 0; which < 4; which++) {
    ck_assert_trap(call(instance, "far", which, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  }
}
END_TEST

START_TEST(growth_makes_accessible) {
  const struct wasmrt_module *module = guest_module();
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  uint64_t result;
  ck_assert_int_eq(call(instance, "grow", 2, &result), WASMRT_OK);
  ck_assert_uint_eq(result, 1);
  ck_assert_int_eq(call(instance, "store", 3 * 65536 - 1, NULL), WASMRT_OK);
  ck_assert_trap(call(instance, "load", 3 * 65536, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  ck_assert_int_eq(call(instance, "grow", 1, &result), WASMRT_OK);
  ck_assert_uint_eq(result, UINT32_MAX);
}
END_TEST

/* ---- Calls and nesting ------------------------------------------------------------------------------ */

START_TEST(explicit_trap) {
  const struct wasmrt_module *module = guest_module();
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  ck_assert_trap(call(instance, "trap", 0, NULL), WASMRT_TRAP_UNREACHABLE);
  ck_assert_uint_eq(error.frame_count, 1);
  ck_assert_str_eq(error.frames[0].name, "trap");
  ck_assert_int_eq(wasmrt_call(wasmrt_find_function(instance, "trap"), NULL, NULL), WASMRT_ERROR_TRAP);
}
END_TEST

/* Calls back into the guest: loads what the outer call passed on. Counts how often it came back. */
static enum wasmrt_status call_back(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                    struct wasmrt_error *failure) {
  const struct wasmrt_funcref *load = wasmrt_find_function(caller, "load");
  enum wasmrt_status status = wasmrt_call(load, slots, failure);
  ++*(int *)user;
  return status;
}

START_TEST(trap_in_a_nested_call_passes_through_the_host) {
  int returns = 0;
  const struct wasmrt_module *module = guest_module();
  define_import(call_back, &returns);
  struct wasmrt_instance *instance = instantiate(module);
  uint64_t result;
  ck_assert_int_eq(call(instance, "call", 0, &result), WASMRT_OK);
  ck_assert_uint_eq(result, 1);
  ck_assert_trap(call(instance, "call", 70000, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  ck_assert_int_eq(returns, 2);
  /* The inner and then the outer frames. */
  ck_assert_uint_eq(error.frame_count, 2);
  ck_assert_str_eq(error.frames[0].name, "load");
  ck_assert_str_eq(error.frames[1].name, "call");
}
END_TEST

/* Swallows the trap of a nested call. */
static enum wasmrt_status recover(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                  struct wasmrt_error *failure) {
  (void)user, (void)failure;
  struct wasmrt_error own;
  uint64_t far[1] = {1 << 20};
  slots[0] = wasmrt_call(wasmrt_find_function(caller, "load"), far, &own) == WASMRT_ERROR_TRAP ? 5 : 6;
  return WASMRT_OK;
}

START_TEST(host_recovers_from_a_nested_trap) {
  const struct wasmrt_module *module = guest_module();
  define_import(recover, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  uint64_t result;
  ck_assert_int_eq(call(instance, "call", 0, &result), WASMRT_OK);
  ck_assert_uint_eq(result, 6);
}
END_TEST

/* ---- The stack -------------------------------------------------------------------------------------- */

START_TEST(recursion_exhausts_the_stack) {
  const struct wasmrt_module *module = guest_module();
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  uint64_t result;
  for (int i = 0; i < 3; i++) {
    ck_assert_int_eq(call(instance, "recurse", 1000, &result), WASMRT_OK);
    ck_assert_uint_eq(result, 500500);
    ck_assert_trap(call(instance, "recurse", 0, NULL), WASMRT_TRAP_STACK_EXHAUSTED);
    ck_assert_uint_eq(error.frame_count, WASMRT_BACKTRACE_MAX);
    ck_assert_str_eq(error.frames[WASMRT_BACKTRACE_MAX - 1].name, "recurse");
  }
}
END_TEST

/* Goes down as far as the guest can, calling something of the host's at every level. */
GUEST uint32_t recurse_and_grow(struct wasmrt_instance *self, uint32_t depth) {
  KEEP_FRAME();
  const uint32_t size = (uint32_t)wasmrt_op_memory_grow(self, 0, 0);
  volatile uint32_t local = size; /* after the call: so that it stays one */
  const uint32_t deeper = depth == 1 ? 0 : recurse_and_grow(self, depth - 1);
  return deeper + local;
}

GUEST uint32_t recurse_and_call(struct wasmrt_instance *self, uint32_t depth) {
  KEEP_FRAME();
  const struct wasmrt_funcref *import = &self->imports[0];
  const uint32_t value = ((uint32_t (*)(void *, uint32_t))(uintptr_t)import->code)(import->instance, depth);
  volatile uint32_t local = value; /* after the call: so that it stays one */
  const uint32_t deeper = depth == 1 ? 0 : recurse_and_call(self, depth - 1);
  return deeper + local;
}

/* A leaf function of the host's that compiled code calls directly, as it calls memmove. */
static __attribute__((noinline, no_sanitize("address"))) uint32_t leaf(uint32_t value) {
  volatile char bytes[300];
  memset((char *)bytes, (int)value, sizeof bytes);
  return (uint32_t)bytes[value % sizeof bytes];
}

GUEST uint32_t recurse_and_leaf(struct wasmrt_instance *self, uint32_t depth) {
  KEEP_FRAME();
  const uint32_t value = leaf(depth);
  volatile uint32_t local = value; /* after the call: so that it stays one */
  const uint32_t deeper = depth == 1 ? 0 : recurse_and_leaf(self, depth - 1);
  return deeper + local;
}

static enum wasmrt_status exhaust(uint32_t (*code)(struct wasmrt_instance *, uint32_t),
                                  wasmrt_callback *callback) {
  static struct wasmrt_reference references[REFERENCES];
  struct wasmrt_module *module = guest_module();
  memcpy(references, guest_references, sizeof references);
  references[RECURSE].code = CODE(code);
  module->references = references;
  define_import(callback, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  enum wasmrt_status status = WASMRT_OK;
  for (int i = 0; i < 3; i++) {
    status = call(instance, "recurse", 0, NULL);
  }
  return status;
}

START_TEST(recursion_with_operations) {
  ck_assert_trap(exhaust(recurse_and_grow, add_one_hundred), WASMRT_TRAP_STACK_EXHAUSTED);
}
END_TEST

START_TEST(recursion_with_library_functions) {
  ck_assert_trap(exhaust(recurse_and_leaf, add_one_hundred), WASMRT_TRAP_STACK_EXHAUSTED);
}
END_TEST

START_TEST(recursion_with_callbacks) {
  ck_assert_trap(exhaust(recurse_and_call, add_one_hundred), WASMRT_TRAP_STACK_EXHAUSTED);
}
END_TEST

/* Needs more stack than lies above the zone when the guest is about to exhaust its own. */
static enum wasmrt_status hungry(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                 struct wasmrt_error *failure) {
  (void)user, (void)caller, (void)slots, (void)failure;
  volatile char bytes[150 * 1024];
  for (size_t i = sizeof bytes; i > 0; i -= 1024) {
    bytes[i - 1] = 1;
  }
  return WASMRT_OK;
}

START_TEST(recursion_with_hungry_callbacks) {
  ck_assert_trap(exhaust(recurse_and_call, hungry), WASMRT_TRAP_STACK_EXHAUSTED);
  ck_assert(!wasmrt_thread.zone_is_open);
}
END_TEST

static uint32_t native_leaf(struct wasmrt_instance *caller, uint32_t value) {
  return leaf(value) + (caller == NULL ? 1 : 0);
}

START_TEST(recursion_with_native_functions) {
  const struct wasmrt_native_function native = {"f", "i:i", (void (*)(void))native_leaf};
  struct wasmrt_module *module = guest_module();
  static struct wasmrt_reference references[REFERENCES];
  memcpy(references, guest_references, sizeof references);
  references[RECURSE].code = CODE(recurse_and_call);
  module->references = references;
  ck_assert_int_eq(wasmrt_define_native(store, "env", &native, 1, &error), WASMRT_OK);
  struct wasmrt_instance *instance = instantiate(module);
  ck_assert_trap(call(instance, "recurse", 0, NULL), WASMRT_TRAP_STACK_EXHAUSTED);
}
END_TEST

/* Host and guest call each other without end. */
static enum wasmrt_status call_again(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                     struct wasmrt_error *failure) {
  (void)user;
  return wasmrt_call(wasmrt_find_function(caller, "call"), slots, failure);
}

START_TEST(recursion_through_the_host) {
  const struct wasmrt_module *module = guest_module();
  define_import(call_again, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  for (int i = 0; i < 3; i++) {
    ck_assert_trap(call(instance, "call", 0, NULL), WASMRT_TRAP_STACK_EXHAUSTED);
  }
}
END_TEST

/*
 * A limit that was raised after the program began: the stack cannot grow so far any more, since others have
 * their mappings where its end would be. They are not to be touched.
 */
START_TEST(limit_beyond_what_the_stack_can_grow) {
  struct rlimit limit;
  ck_assert_int_eq(getrlimit(RLIMIT_STACK, &limit), 0);
  if (limit.rlim_max != RLIM_INFINITY) {
    return; /* not allowed here */
  }
  limit.rlim_cur = UINT64_C(1) << 30;
  ck_assert_int_eq(setrlimit(RLIMIT_STACK, &limit), 0);
  const size_t size = 64 << 20;
  const uintptr_t end = (uintptr_t)__builtin_frame_address(0) - limit.rlim_cur;
  uint8_t *others = mmap((void *)((end - size / 2) & ~(uintptr_t)65535), size, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ck_assert_ptr_ne(others, MAP_FAILED);
  const struct wasmrt_module *module = guest_module();
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  size_t changed = 0;
  for (size_t i = 0; i < size; i += 8) {
    changed += *(const uint64_t *)(others + i) != 0;
  }
  ck_assert_uint_eq(changed, 0);
  uint64_t result;
  ck_assert_int_eq(call(instance, "recurse", 1000, &result), WASMRT_OK);
  ck_assert_trap(call(instance, "recurse", 0, NULL), WASMRT_TRAP_STACK_EXHAUSTED);
}
END_TEST

/* ---- Threads ---------------------------------------------------------------------------------------- */

static void *trap_on_thread(void *argument) {
  struct wasmrt_module *module = argument;
  struct wasmrt_error own;
  struct wasmrt_store *mine = wasmrt_store_create();
  struct wasmrt_instance *instance;
  void *result = "cannot instantiate";
  if (wasmrt_define_function(mine, "env", "f", "i:i", add_one_hundred, NULL, &own) == WASMRT_OK &&
      wasmrt_instantiate(mine, module, NULL, &instance, &own) == WASMRT_OK) {
    result = NULL;
    for (int i = 0; i < 100 && result == NULL; i++) {
      uint64_t far[1] = {65536}, near[1] = {5}, endless[1] = {0};
      if (wasmrt_call(wasmrt_find_function(instance, "load"), far, &own) != WASMRT_ERROR_TRAP ||
          own.trap != WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS) {
        result = "no trap beyond the memory";
      } else if (wasmrt_call(wasmrt_find_function(instance, "recurse"), endless, &own) != WASMRT_ERROR_TRAP ||
                 own.trap != WASMRT_TRAP_STACK_EXHAUSTED) {
        result = "no trap at the end of the stack";
      } else if (wasmrt_call(wasmrt_find_function(instance, "recurse"), near, &own) != WASMRT_OK) {
        result = "no call after a trap";
      }
    }
  }
  wasmrt_store_destroy(mine);
  return result;
}

/* The thread's first call comes where the zone would be: it fails, later ones have the zone. */
static __attribute__((noinline)) bool fails_at_the_end(struct wasmrt_module *module) {
  volatile char used[(1 << 20) - (100 << 10)];
  used[0] = 0;
  for (size_t i = sizeof used; i > 1024; i -= 1024) {
    used[i - 1] = 1;
  }
  struct wasmrt_error own;
  struct wasmrt_store *mine = wasmrt_store_create();
  struct wasmrt_instance *instance;
  const enum wasmrt_status status = wasmrt_instantiate(mine, module, NULL, &instance, &own);
  wasmrt_store_destroy(mine);
  return status == WASMRT_ERROR_TRAP && own.trap == WASMRT_TRAP_STACK_EXHAUSTED && used[0] == 0;
}

static void *begin_at_the_end(void *argument) {
  if (!fails_at_the_end(argument)) {
    return "no trap where nothing is left";
  }
  void *problem = trap_on_thread(argument);
  return problem == NULL && wasmrt_thread.zone_is_open ? "the zone stays open" : problem;
}

static void run_threads(size_t stack_size, void *(*run)(void *)) {
  struct wasmrt_module *module = guest_module();
  enum { THREADS = 4 };
  pthread_t threads[THREADS];
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ck_assert_int_eq(pthread_attr_setstacksize(&attributes, stack_size), 0);
  /* More than once: the C library gives a stack that has become free to a new thread. */
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < THREADS; i++) {
      ck_assert_int_eq(pthread_create(&threads[i], &attributes, run, module), 0);
    }
    for (int i = 0; i < THREADS; i++) {
      void *problem;
      pthread_join(threads[i], &problem);
      ck_assert_msg(problem == NULL, "%s", (const char *)problem);
    }
  }
  pthread_attr_destroy(&attributes);
}

START_TEST(threads_trap_independently) {
  run_threads(1 << 20, trap_on_thread);
}
END_TEST

START_TEST(threads_with_small_stacks) {
  run_threads(128 << 10, trap_on_thread);
  run_threads(80 << 10, trap_on_thread);
}
END_TEST

/* So small a stack that nothing could be kept for host functions: no compiled code begins there. */
static void *begin_on_a_tiny_stack(void *argument) {
  struct wasmrt_error own;
  struct wasmrt_store *mine = wasmrt_store_create();
  struct wasmrt_instance *instance;
  const enum wasmrt_status status = wasmrt_instantiate(mine, argument, NULL, &instance, &own);
  wasmrt_store_destroy(mine);
  return status == WASMRT_ERROR_TRAP && own.trap == WASMRT_TRAP_STACK_EXHAUSTED ? NULL : "it runs";
}

START_TEST(threads_with_tiny_stacks) {
  run_threads(48 << 10, begin_on_a_tiny_stack);
}
END_TEST

START_TEST(threads_with_little_stack_left) {
  run_threads(1 << 20, begin_at_the_end);
}
END_TEST

/* ---- Other people's signals ------------------------------------------------------------------------- */

static sigjmp_buf back;
static volatile sig_atomic_t handled;

static void jump_back(int number) {
  handled = number;
  siglongjmp(back, 1);
}

static void jump_back_with_information(int number, siginfo_t *information, void *context) {
  (void)number, (void)context;
  handled = (uintptr_t)information->si_addr == 16 ? 1 : 2;
  siglongjmp(back, 1);
}

/* A fault of the host's own. */
static __attribute__((noinline, no_sanitize("address", "undefined"))) void fault(void) {
  volatile uintptr_t address = 16;
  *(volatile char *)address = 1;
}

static bool fault_is_handled(void) {
  handled = 0;
  if (sigsetjmp(back, 1) == 0) {
    fault();
  }
  return handled == SIGSEGV || handled == 1;
}

START_TEST(host_handler_installed_before) {
  struct sigaction action = {.sa_handler = jump_back};
  sigaction(SIGSEGV, &action, NULL);
  const struct wasmrt_module *module = guest_module();
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  for (int i = 0; i < 2; i++) {
    ck_assert(fault_is_handled());
    ck_assert_trap(call(instance, "load", 65536, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  }
}
END_TEST

START_TEST(host_handler_with_information_installed_before) {
  struct sigaction action = {.sa_sigaction = jump_back_with_information, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGSEGV, &action, NULL);
  const struct wasmrt_module *module = guest_module();
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  for (int i = 0; i < 2; i++) {
    ck_assert(fault_is_handled());
    ck_assert_int_eq(handled, 1);
    ck_assert_trap(call(instance, "load", 65536, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  }
}
END_TEST

static struct sigaction runtime_action;

/* A host's handler that keeps its own faults and passes all others on. */
static void pass_on(int number, siginfo_t *information, void *context) {
  if ((uintptr_t)information->si_addr == 16) {
    jump_back(number);
  }
  runtime_action.sa_sigaction(number, information, context);
}

START_TEST(host_handler_installed_after) {
  const struct wasmrt_module *module = guest_module();
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  struct sigaction action = {.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigaction(SIGSEGV, &action, &runtime_action);
  for (int i = 0; i < 2; i++) {
    ck_assert(fault_is_handled());
    ck_assert_trap(call(instance, "load", 65536, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
    ck_assert_trap(call(instance, "recurse", 0, NULL), WASMRT_TRAP_STACK_EXHAUSTED);
  }
}
END_TEST

/* A fault of the host's in a memory's reservation is the host's bug, not the guest's. */
static enum wasmrt_status touch_beyond(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                       struct wasmrt_error *failure) {
  (void)user, (void)slots, (void)failure;
  volatile uint8_t *beyond = wasmrt_memory_data(wasmrt_instance_memory(caller)) + 65536;
  handled = 0;
  if (sigsetjmp(back, 1) == 0) {
    *beyond = 1;
  }
  return WASMRT_OK;
}

START_TEST(fault_of_a_host_function_is_the_hosts) {
  struct sigaction action = {.sa_handler = jump_back};
  sigaction(SIGSEGV, &action, NULL);
  const struct wasmrt_module *module = guest_module();
  define_import(touch_beyond, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  ck_assert_int_eq(call(instance, "call", 0, NULL), WASMRT_OK);
  ck_assert_int_eq(handled, SIGSEGV);
}
END_TEST

/* The status of a child process that instantiates and then runs `end`. */
static int status_of(void (*end)(void)) {
  const struct wasmrt_module *module = guest_module();
  define_import(add_one_hundred, NULL);
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    struct sigaction action = {.sa_handler = SIG_DFL}; /* not a sanitizer's */
    sigaction(SIGSEGV, &action, NULL);
    instantiate(module);
    end();
    _exit(0);
  }
  int status;
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  return status;
}

static void send_signal(void) {
  raise(SIGSEGV);
}

START_TEST(default_action_of_a_fault) {
  const int status = status_of(fault);
  ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}
END_TEST

START_TEST(default_action_of_a_sent_signal) {
  const int status = status_of(send_signal);
  ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}
END_TEST

/* ---- Alternate stacks ------------------------------------------------------------------------------- */

START_TEST(alternate_stack_of_the_host_is_kept) {
  stack_t own = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16}, now;
  stack_t before;
  ck_assert_int_eq(sigaltstack(&own, &before), 0);
  const struct wasmrt_module *module = guest_module();
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  ck_assert_trap(call(instance, "recurse", 0, NULL), WASMRT_TRAP_STACK_EXHAUSTED);
  ck_assert_int_eq(sigaltstack(NULL, &now), 0);
  ck_assert_ptr_eq(now.ss_sp, own.ss_sp);
  ck_assert_int_eq(sigaltstack(&before, NULL), 0);
  free(own.ss_sp);
}
END_TEST

START_TEST(signal_mask_is_restored) {
  const struct wasmrt_module *module = guest_module();
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  ck_assert_trap(call(instance, "load", 65536, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  sigset_t mask;
  ck_assert_int_eq(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
  ck_assert(!sigismember(&mask, SIGSEGV) && !sigismember(&mask, SIGBUS));
}
END_TEST

int main(void) {
  const TTest *const tests[] = {
      access_within_memory,
      access_beyond_memory,
      access_at_the_ends_of_the_reservation,
      growth_makes_accessible,
      explicit_trap,
      trap_in_a_nested_call_passes_through_the_host,
      host_recovers_from_a_nested_trap,
      recursion_exhausts_the_stack,
      recursion_with_operations,
      recursion_with_library_functions,
      recursion_with_callbacks,
      recursion_with_hungry_callbacks,
      recursion_with_native_functions,
      recursion_through_the_host,
      limit_beyond_what_the_stack_can_grow,
      threads_trap_independently,
      threads_with_small_stacks,
      threads_with_tiny_stacks,
      threads_with_little_stack_left,
      host_handler_installed_before,
      host_handler_with_information_installed_before,
      host_handler_installed_after,
      fault_of_a_host_function_is_the_hosts,
      default_action_of_a_fault,
      default_action_of_a_sent_signal,
      alternate_stack_of_the_host_is_kept,
      signal_mask_is_restored,
  };
  return run_suite("trap", tests, sizeof tests / sizeof *tests);
}
