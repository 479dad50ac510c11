# Warnings and sanitizers, for every target that calls wasm2native_warnings(target).

set(WASM2NATIVE_WARNINGS -Wall -Wextra -Wpedantic -Wshadow)
set(WASM2NATIVE_C_WARNINGS -Wstrict-prototypes -Wmissing-prototypes -Wconversion -Wno-sign-conversion)
if(WASM2NATIVE_WERROR)
  list(APPEND WASM2NATIVE_WARNINGS -Werror)
endif()

function(wasm2native_warnings target)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:C,CXX>:${WASM2NATIVE_WARNINGS}>
    $<$<COMPILE_LANGUAGE:C>:${WASM2NATIVE_C_WARNINGS}>)
endfunction()

if(WASM2NATIVE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
