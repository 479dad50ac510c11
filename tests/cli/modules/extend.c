/* Uses an instruction beyond the first version of WebAssembly: i32.extend8_s. */
__attribute__((export_name("extend"), target("sign-ext"))) int extend(int a) {
  return (signed char)a;
}
