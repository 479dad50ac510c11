/*
 * From a plan to one file for each part: lower, optimise, emit. Each part has an LLVM context and a target
 * machine of its own, which are freed with all else that was made for it, so that memory depends on the size
 * of parts and the number of threads. Threads share what is only read: module, plan and options. Which thread
 * makes which part, and when, changes nothing in the files.
 */
#include <stdatomic.h>

#include "driver.h"

/* The parts that are still to be made. */
struct pool {
  struct compilation *c;
  enum emit_form form;
  const char *const *paths;
  uint32_t count;
  atomic_uint next;
  atomic_uint done;
  atomic_bool has_failed; /* the others need not go on, nor say anything */
};

struct worker {
  struct pool *pool;
  struct diag_sink sink;
  struct phase_clock clock;
  bool is_heard; /* it was the first that had an error to tell */
  bool is_running;
  pthread_t thread;
};

/* As deep as main threads usually are, twice: LLVM recurses. */
#define STACK_SIZE ((size_t)16 << 20)

/* Only what went wrong first is told: a full disk stops every thread. */
static void receive(void *context, const struct diag *diag) {
  struct worker *worker = context;
  if (diag->severity == DIAG_ERROR && !worker->is_heard) {
    worker->is_heard = !atomic_exchange(&worker->pool->has_failed, true);
  }
  if (diag->severity != DIAG_ERROR || worker->is_heard) {
    driver_pass_on(worker->pool->c, diag);
  }
}

/* A part alone tells its phases; several tell how many are done. */
static bool begin(struct worker *worker, enum wasm2native_phase phase) {
  struct compilation *c = worker->pool->c;
  if (atomic_load(&worker->pool->has_failed)) {
    return false;
  }
  driver_clock_begin(c, &worker->clock, phase);
  if (worker->pool->count == 1) {
    driver_progress(c, phase, 0, 1);
  }
  return true;
}

static bool make_module(struct worker *worker, uint32_t part, LLVMContextRef context,
                        const struct emit_machine *machine, struct arena *arena) {
  struct compilation *c = worker->pool->c;
  if (!begin(worker, WASM2NATIVE_PHASE_LOWER)) {
    return false;
  }
  LLVMModuleRef module = lower_part(c->plan, part, context, c->triple, machine->layout, arena);
  bool ok = emit_verify(module, &worker->sink) && begin(worker, WASM2NATIVE_PHASE_OPTIMIZE) &&
            emit_optimize(module, machine, &c->emit, &worker->sink);
  if (ok) {
    lower_finish(module, c->plan, part, machine->layout, arena);
    ok = begin(worker, WASM2NATIVE_PHASE_EMIT) &&
         emit_file(module, machine, worker->pool->form, worker->pool->paths[part], &worker->sink);
  }
  LLVMDisposeModule(module);
  return ok;
}

static bool make_part(struct worker *worker, uint32_t part) {
  struct compilation *c = worker->pool->c;
  struct emit_machine machine;
  struct arena arena = {0};
  LLVMContextRef context = LLVMContextCreate();
  emit_watch(context, &worker->sink);
  emit_machine_make(&c->emit, &c->target, &machine);
  bool ok = make_module(worker, part, context, &machine, &arena);
  emit_machine_free(&machine);
  LLVMContextDispose(context);
  arena_free(&arena);
  driver_clock_end(c, &worker->clock);
  return ok;
}

static void *work(void *context) {
  struct worker *worker = context;
  struct pool *pool = worker->pool;
  uint32_t part;
  while (!atomic_load(&pool->has_failed) && (part = atomic_fetch_add(&pool->next, 1)) < pool->count) {
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (!make_part(worker, part)) {
      atomic_store(&pool->has_failed, true);
      break;
    }
    driver_report_part(pool->c, driver_seconds_since(&start, CLOCK_MONOTONIC));
    uint32_t done = atomic_fetch_add(&pool->done, 1) + 1;
    if (pool->count > 1) {
      driver_progress(pool->c, WASM2NATIVE_PHASE_OPTIMIZE, done, pool->count);
    }
  }
  return NULL;
}

/* The calling thread works as well; where another cannot be made, those that are there do its work. */
static void run(struct worker *workers, unsigned count) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_SIZE);
  for (unsigned i = 1; i < count; i++) {
    workers[i].is_running = pthread_create(&workers[i].thread, &attributes, work, &workers[i]) == 0;
  }
  pthread_attr_destroy(&attributes);
  work(&workers[0]);
  for (unsigned i = 1; i < count; i++) {
    if (workers[i].is_running) {
      pthread_join(workers[i].thread, NULL);
    }
  }
}

bool driver_make_parts(struct compilation *c, enum emit_form form, const char *const *paths) {
  struct pool pool = {.c = c, .form = form, .paths = paths, .count = lower_part_count(c->plan)};
  unsigned threads = c->options->threads ? c->options->threads : 1;
  threads = threads < pool.count ? threads : pool.count;
  struct worker *workers = ARENA_ARRAY(&c->arena, struct worker, threads);
  for (unsigned i = 0; i < threads; i++) {
    workers[i].pool = &pool;
    workers[i].sink = (struct diag_sink){
        .handler = receive, .context = &workers[i], .file = c->sink.file, .error_limit = c->sink.error_limit};
  }
  if (c->options->report) {
    c->options->report->partition_count = pool.count;
    c->options->report->threads = threads;
  }
  if (pool.count > 1) {
    driver_message(c, arena_printf(&c->arena, "%u partitions on %u threads", pool.count, threads));
    driver_progress(c, WASM2NATIVE_PHASE_OPTIMIZE, 0, pool.count);
  }
  driver_clock_end(c, &c->clock);
  run(workers, threads);
  for (unsigned i = 0; i < threads; i++) {
    c->sink.error_count += workers[i].sink.error_count;
  }
  return !atomic_load(&pool.has_failed);
}
