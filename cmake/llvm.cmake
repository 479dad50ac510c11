# Finds LLVM 19 or later and lld of the same version by their configuration files, and the programs clang and llvm-ar
# that build the runtime for the targets. Defines the targets wasm2native_llvm and wasm2native_lld.
#
# A distribution may have older versions beside: unless LLVM_DIR says where to look, take the oldest that will do.

foreach(version 19 20 21 22)
  if(NOT LLVM_FOUND AND NOT LLVM_DIR)
    find_package(LLVM CONFIG QUIET NO_DEFAULT_PATH PATHS /usr/lib/llvm-${version})
  endif()
endforeach()
find_package(LLVM REQUIRED CONFIG)
if(LLVM_VERSION_MAJOR LESS 19)
  message(FATAL_ERROR "LLVM 19 or later is needed, found ${LLVM_VERSION} in ${LLVM_DIR}; set LLVM_DIR")
endif()
find_package(LLD REQUIRED CONFIG HINTS ${LLVM_DIR}/../lld ${LLVM_LIBRARY_DIR}/cmake/lld NO_DEFAULT_PATH)
message(STATUS "LLVM ${LLVM_VERSION} in ${LLVM_DIR}")

add_library(wasm2native_llvm INTERFACE)
target_include_directories(wasm2native_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
target_link_libraries(wasm2native_llvm INTERFACE LLVM)

add_library(wasm2native_lld INTERFACE)
target_include_directories(wasm2native_lld SYSTEM INTERFACE ${LLD_INCLUDE_DIRS})
target_link_libraries(wasm2native_lld INTERFACE lldELF lldCommon wasm2native_llvm)

# The tool's own compiler may be gcc; the runtime for both targets needs one that can cross-compile.
find_program(WASM2NATIVE_CLANG NAMES clang-${LLVM_VERSION_MAJOR} clang HINTS ${LLVM_TOOLS_BINARY_DIR} REQUIRED)
find_program(WASM2NATIVE_AR NAMES llvm-ar-${LLVM_VERSION_MAJOR} llvm-ar HINTS ${LLVM_TOOLS_BINARY_DIR} REQUIRED)
