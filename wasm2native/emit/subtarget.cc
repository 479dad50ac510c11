/* See subtarget.h: a few questions that LLVM-C has no function for. */
#include "subtarget.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "llvm-c/Target.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/OptBisect.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"

static std::unique_ptr<llvm::MCSubtargetInfo> describe(const char *triple, const char *cpu,
                                                       const char *features) {
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  return std::unique_ptr<llvm::MCSubtargetInfo>(target ? target->createMCSubtargetInfo(triple, cpu, features)
                                                       : nullptr);
}

static bool initialize() {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86Target();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86AsmPrinter();
  LLVMInitializeAArch64TargetInfo();
  LLVMInitializeAArch64Target();
  LLVMInitializeAArch64TargetMC();
  LLVMInitializeAArch64AsmPrinter();
  return true;
}

void subtarget_initialize() {
  static const bool done = initialize(); // once, whichever thread comes first
  (void)done;
}

bool subtarget_knows_cpu(const char *triple, const char *cpu) {
  std::unique_ptr<llvm::MCSubtargetInfo> info = describe(triple, "", "");
  return info && info->isCPUStringValid(cpu);
}

bool subtarget_knows_feature(const char *triple, const char *feature, size_t length) {
  std::unique_ptr<llvm::MCSubtargetInfo> info = describe(triple, "", "");
  const llvm::StringRef name(feature, length);
  const auto features = info ? info->getAllProcessorFeatures() : llvm::ArrayRef<llvm::SubtargetFeatureKV>();
  return std::any_of(features.begin(), features.end(),
                     [name](const llvm::SubtargetFeatureKV &known) { return name == known.Key; });
}

bool subtarget_has(const char *triple, const char *cpu, const char *features, const char *list) {
  std::unique_ptr<llvm::MCSubtargetInfo> info = describe(triple, cpu, features);
  return info && info->checkFeatures(list);
}

/* LLVM describes CPUs by instruction sets and by tuning alike; tuning has these names. */
static bool is_tuning(llvm::StringRef name) {
  static const char *const prefixes[] = {"fast-",  "slow-",  "false-deps", "prefer-", "idiv",   "allow-light",
                                         "macro",  "branch", "sbb-dep",    "use-",    "vzero",  "no-bypass",
                                         "fsrm",   "ermsb",  "tuning",     "nopl",    "lvi",    "retpoline",
                                         "harden", "pad-",   "inc-dec",    "tagged",  "faster", "no-"};
  return std::any_of(std::begin(prefixes), std::end(prefixes),
                     [name](const char *prefix) { return name.starts_with(prefix); });
}

/*
 * On arm64 its features are mostly what the operating system sees (EL3, PAN, tracing), versions of the
 * architecture and names of CPUs. These are the instructions that code for applications may be made of.
 */
static bool is_arm64_instructions(llvm::StringRef name) {
  static const char *const prefixes[] = {"sve", "sme", "fp8"};
  static const char *const names[] = {"aes",       "altnzcv",  "bf16",  "complxnum", "crc",    "cssc",
                                      "dotprod",   "f32mm",    "f64mm", "faminmax",  "flagm",  "fp16fml",
                                      "fptoint",   "fullfp16", "hbc",   "i8mm",      "jsconv", "ls64",
                                      "lse",       "lse128",   "lse2",  "lut",       "mops",   "rcpc",
                                      "rcpc-immo", "rcpc3",    "rdm",   "sha2",      "sha3",   "sm4"};
  return std::find(std::begin(names), std::end(names), name) != std::end(names) ||
         std::any_of(std::begin(prefixes), std::end(prefixes),
                     [name](const char *prefix) { return name.starts_with(prefix); });
}

char *subtarget_required(const char *triple, const char *cpu, const char *features, const char *baseline) {
  std::unique_ptr<llvm::MCSubtargetInfo> info = describe(triple, cpu, features),
                                         base = describe(triple, baseline, "");
  const bool is_arm64 = std::strncmp(triple, "aarch64", std::strlen("aarch64")) == 0;
  std::string list;
  if (info && base) {
    for (const llvm::SubtargetFeatureKV &feature : info->getEnabledProcessorFeatures()) {
      const bool is_needed = is_arm64 ? is_arm64_instructions(feature.Key) : !is_tuning(feature.Key);
      if (is_needed && !base->getFeatureBits().test(feature.Value)) {
        list += (list.empty() ? "" : ",") + std::string(feature.Key);
      }
    }
  }
  char *copy = strdup(list.c_str());
  if (!copy) {
    abort();
  }
  return copy;
}

namespace {

/* Without state, so that all contexts and threads can share one. */
class without_constant_hoisting final : public llvm::OptPassGate {
public:
  // One of the two overrides LLVM's: versions differ in whether it is const.
  bool shouldRunPass(llvm::StringRef pass, llvm::StringRef) {
    return pass != "Constant Hoisting";
  }
  bool shouldRunPass(llvm::StringRef pass, llvm::StringRef) const {
    return pass != "Constant Hoisting";
  }
  bool isEnabled() const override {
    return true;
  }
};

} // namespace

void subtarget_choose_passes(LLVMContextRef context, const char *triple) {
  static without_constant_hoisting gate;
  if (llvm::StringRef(triple).starts_with("x86_64")) {
    llvm::unwrap(context)->setOptPassGate(gate);
  }
}
