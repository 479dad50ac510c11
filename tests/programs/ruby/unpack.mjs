// Copies the standard library out of Ruby's module that brings it along, by running that module under Node's engine.
// Usage: node unpack.mjs MODULE DIRECTORY
import { mkdirSync, readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [file, directory] = process.argv.slice(2);
mkdirSync(directory);
const wasi = new WASI({ version: "preview1", args: ["ruby"], env: {}, preopens: { "/unpacked": directory } });
const module = await WebAssembly.compile(readFileSync(file));
const imports = wasi.getImportObject();
const preview1 = imports.wasi_snapshot_preview1;
for (const [name, call] of Object.entries(preview1)) {
  // Called directly, without a function of JavaScript's between, Node 20's own crash now and then.
  preview1[name] = (...values) => call(...values);
}
preview1.proc_exit = (status) => process.exit(status);
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
  imports[from] ??= {};
  imports[from][name] ??= () => {
    throw new Error(`${from}.${name} was called`);
  };
}
const instance = await WebAssembly.instantiate(module, imports);
wasi.initialize(instance);
const ruby = instance.exports;

// Lays text into the module's memory.
function place(text) {
  const bytes = new TextEncoder().encode(text);
  const address = ruby.cabi_realloc(0, 0, 1, bytes.length);
  new Uint8Array(ruby.memory.buffer, address, bytes.length).set(bytes);
  return [address, bytes.length];
}

const words = ["ruby\0", "-EUTF-8\0", "-e_=0\0"].map(place);
const list = ruby.cabi_realloc(0, 0, 4, 8 * words.length);
words.forEach((word, i) => new Uint32Array(ruby.memory.buffer, list + 8 * i, 2).set(word));
ruby["ruby-init: func(args: list<string>) -> ()"](list, words.length);
ruby["rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>"](
  ...place(`
    def copy(from, to)
      Dir.mkdir(to)
      Dir.each_child(from) do |name|
        source, target = File.join(from, name), File.join(to, name)
        File.directory?(source) ? copy(source, target) : File.binwrite(target, File.binread(source))
      end
    end
    copy("/usr/local/lib/ruby/3.4.0", "/unpacked/3.4.0")
    exit!(0)
  `),
);
