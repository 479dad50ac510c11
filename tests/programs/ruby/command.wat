;; Makes a command of Ruby's module, which is a library: starts the interpreter with the program's arguments, and has it
;; run main.rb, which ends the process. Memory is Ruby's, so everything here lies in what its allocator gives.
(module
  (import "ruby" "memory" (memory 0))
  (import "ruby" "_initialize" (func $initialize))
  (import "ruby" "cabi_realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
  (import "ruby" "ruby-init: func(args: list<string>) -> ()" (func $ruby_init (param i32 i32)))
  (import "ruby" "rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>"
    (func $eval (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))

  ;; Five options, the last but one an empty main program, and then what is evaluated. Each ends with a NUL.
  (data $text "-EUTF-8\00-I/ruby/3.4.0\00-I/ruby/3.4.0/wasm32-wasi\00-e_=0\00--\00load '/ruby/main.rb'\00")

  (func $allocate (param $size i32) (result i32)
    (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (local.get $size)))

  ;; Where the string that begins at $text ends, behind its NUL.
  (func $end_of (param $text i32) (result i32)
    (loop $next
      (local.set $text (i32.add (local.get $text) (i32.const 1)))
      (br_if $next (i32.load8_u (i32.sub (local.get $text) (i32.const 1)))))
    (local.get $text))

  ;; Appends a string to a list<string>; returns the list's new end.
  (func $append (param $list i32) (param $text i32) (result i32)
    (i32.store (local.get $list) (local.get $text))
    (i32.store offset=4 (local.get $list) (i32.sub (call $end_of (local.get $text)) (local.get $text)))
    (i32.add (local.get $list) (i32.const 8)))

  (func (export "_start")
    (local $sizes i32) (local $count i32) (local $arguments i32) (local $list i32) (local $end i32)
    (local $text i32) (local $i i32)
    (call $initialize)
    (local.set $sizes (call $allocate (i32.const 8)))
    (drop (call $args_sizes_get (local.get $sizes) (i32.add (local.get $sizes) (i32.const 4))))
    (local.set $count (i32.load (local.get $sizes)))
    (local.set $arguments (call $allocate (i32.shl (i32.add (local.get $count) (i32.const 1)) (i32.const 2))))
    (drop (call $args_get (local.get $arguments) (call $allocate (i32.load offset=4 (local.get $sizes)))))
    (local.set $text (call $allocate (i32.const 78)))
    (memory.init $text (local.get $text) (i32.const 0) (i32.const 78))

    ;; The program's name, the options, the other arguments.
    (local.set $list (call $allocate (i32.shl (i32.add (local.get $count) (i32.const 5)) (i32.const 3))))
    (local.set $end (call $append (local.get $list) (i32.load (local.get $arguments))))
    (loop $next
      (local.set $end (call $append (local.get $end) (local.get $text)))
      (local.set $text (call $end_of (local.get $text)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 5))))
    (local.set $i (i32.const 1))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
        (local.set $end
          (call $append (local.get $end)
            (i32.load (i32.add (local.get $arguments) (i32.shl (local.get $i) (i32.const 2))))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (call $ruby_init (local.get $list) (i32.shr_u (i32.sub (local.get $end) (local.get $list)) (i32.const 3)))
    (drop (call $eval (local.get $text) (i32.const 20)))))
