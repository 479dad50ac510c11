/* The optimisation pipeline and output of files: the few places where LLVM can fail, each wrapped once. */
#include "emit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <llvm-c/Analysis.h>
#include <llvm-c/BitWriter.h>
#include <llvm-c/Error.h>
#include <llvm-c/Transforms/PassBuilder.h>

#include "subtarget.h"

static void receive(LLVMDiagnosticInfoRef info, void *context) {
  if (LLVMGetDiagInfoSeverity(info) != LLVMDSError) {
    return;
  }
  char *text = LLVMGetDiagInfoDescription(info);
  diag_error(context, DIAG_INTERNAL, "LLVM: %s", text);
  LLVMDisposeMessage(text);
}

void emit_watch(LLVMContextRef context, struct diag_sink *sink) {
  LLVMContextSetDiagnosticHandler(context, receive, sink);
}

bool emit_verify(LLVMModuleRef module, struct diag_sink *sink) {
  char *text = NULL;
  /* The return value is true for a broken module. */
  bool broken = LLVMVerifyModule(module, LLVMReturnStatusAction, &text);
  if (broken) {
    diag_error(sink, DIAG_INTERNAL, "the lowering produced invalid LLVM IR: %s", text);
  }
  LLVMDisposeMessage(text);
  return !broken;
}

bool emit_optimize(LLVMModuleRef module, const struct emit_machine *machine,
                   const struct emit_options *options, struct diag_sink *sink) {
  /* Dead code goes at -O0, too: a load must trap where only dead instructions use it, and nothing tells these
   * from live ones (lower/marker.c). */
  static const char *const levels[] = {"default<O0>,function(dce)", "default<O1>", "default<O2>",
                                       "default<O3>"};
  static const char *const sizes[] = {NULL, "default<Os>", "default<Oz>"};
  const char *passes = options->size_level ? sizes[options->size_level] : levels[options->opt_level];
  LLVMPassBuilderOptionsRef tuning = LLVMCreatePassBuilderOptions();
  bool vectorize = options->opt_level >= 2 && options->size_level < 2;
  LLVMPassBuilderOptionsSetLoopVectorization(tuning, vectorize);
  LLVMPassBuilderOptionsSetSLPVectorization(tuning, vectorize);
  LLVMErrorRef error = LLVMRunPasses(module, passes, machine->machine, tuning);
  LLVMDisposePassBuilderOptions(tuning);
  if (!error) {
    return true;
  }
  char *text = LLVMGetErrorMessage(error);
  diag_error(sink, DIAG_INTERNAL, "LLVM's passes failed: %s", text);
  LLVMDisposeErrorMessage(text);
  return false;
}

/* The module in its form, or NULL after a message. */
static LLVMMemoryBufferRef render(LLVMModuleRef module, const struct emit_machine *machine,
                                  enum emit_form form, struct diag_sink *sink) {
  LLVMMemoryBufferRef buffer = NULL;
  char *text = NULL;
  switch (form) {
  case EMIT_IR:
    text = LLVMPrintModuleToString(module);
    buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(text, strlen(text), "IR");
    break;
  case EMIT_BITCODE:
    buffer = LLVMWriteBitcodeToMemoryBuffer(module);
    break;
  default:
    subtarget_choose_passes(LLVMGetModuleContext(module), LLVMGetTarget(module));
    if (LLVMTargetMachineEmitToMemoryBuffer(machine->machine, module,
                                            form == EMIT_OBJECT ? LLVMObjectFile : LLVMAssemblyFile, &text,
                                            &buffer)) {
      diag_error(sink, DIAG_INTERNAL, "LLVM: %s", text);
      buffer = NULL;
    }
    break;
  }
  if (text) {
    LLVMDisposeMessage(text);
  }
  return buffer;
}

/* LLVM's own streams end the process where a disk is full. */
bool emit_file(LLVMModuleRef module, const struct emit_machine *machine, enum emit_form form,
               const char *path, struct diag_sink *sink) {
  LLVMMemoryBufferRef buffer = render(module, machine, form, sink);
  if (!buffer) {
    return false;
  }
  size_t size = LLVMGetBufferSize(buffer);
  FILE *file = fopen(path, "we");
  bool ok = file && fwrite(LLVMGetBufferStart(buffer), 1, size, file) == size;
  ok = file && fclose(file) == 0 && ok;
  if (!ok) {
    diag_error(sink, DIAG_IO, "cannot write '%s': %s", path, strerror(errno));
  }
  LLVMDisposeMemoryBuffer(buffer);
  return ok && sink->error_count == 0;
}
