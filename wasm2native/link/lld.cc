/*
 * The linker as a function: lld has no C interface, so this file is C++.
 *
 * lld keeps its state in globals: calls are serialised, and after a run that could not clean up behind itself
 * no further one is allowed.
 */
#include "lld.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>

#include "lld/Common/Driver.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

namespace {

struct linker_state {
  std::mutex mutex;
  bool can_run = true;
};

linker_state &state() {
  static linker_state instance;
  return instance;
}

/*
 * lld registers its temporary files for removal by signal handlers, which then stay, on a stack that stays as
 * well. In an embedder these may be the ones for traps: put back what was there.
 */
class signals_as_before {
public:
  signals_as_before() {
    for (int i = 1; i < first_realtime_signal; i++) {
      sigaction(i, nullptr, &actions[i]);
    }
    sigaltstack(nullptr, &stack);
  }
  ~signals_as_before() {
    for (int i = 1; i < first_realtime_signal; i++) {
      sigaction(i, &actions[i], nullptr);
    }
    sigaltstack(&stack, nullptr);
  }
  signals_as_before(const signals_as_before &) = delete;
  signals_as_before &operator=(const signals_as_before &) = delete;

private:
  static constexpr int first_realtime_signal = 32;
  struct sigaction actions[first_realtime_signal];
  stack_t stack;
};

} // namespace

bool lld_run(const char *const *arguments, char **output) {
  size_t count = 0;
  while (arguments[count]) {
    count++;
  }

  std::string text;
  bool succeeded = false;
  {
    std::lock_guard<std::mutex> lock(state().mutex);
    if (state().can_run) {
      const signals_as_before guard;
      llvm::raw_string_ostream stream(text);
      const lld::DriverDef drivers[] = {{lld::Gnu, &lld::elf::link}};
      // What lld calls fatal would end the process; with crash recovery it comes back here.
      llvm::CrashRecoveryContext::Enable();
      const lld::Result result = lld::lldMain(llvm::ArrayRef(arguments, count), stream, stream, drivers);
      llvm::CrashRecoveryContext::Disable();
      succeeded = result.retCode == 0;
      state().can_run = result.canRunAgain;
    } else {
      text = std::string(arguments[0]) + ": error: the linker failed in an earlier run and cannot run again";
    }
  }
  *output = strdup(text.c_str());
  if (!*output) {
    abort();
  }
  return succeeded;
}
