// Runs a WASI module under Node's own engine. Usage: node reference.mjs MODULE HOST::GUEST... -- ARGUMENT...
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [file, ...rest] = process.argv.slice(2);
const split = rest.indexOf("--");
const preopens = Object.fromEntries(rest.slice(0, split).map((mount) => mount.split("::").reverse()));
const wasi = new WASI({ version: "preview1", args: rest.slice(split + 1), env: {}, preopens });
const module = await WebAssembly.compile(readFileSync(file));
const imports = wasi.getImportObject();
for (const functions of Object.values(imports)) {
  for (const [name, call] of Object.entries(functions)) {
    // Called directly, without a function of JavaScript's between, Node 20's own crash now and then.
    functions[name] = (...values) => call(...values);
  }
}
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
  imports[from] ??= {};
  imports[from][name] ??= () => {
    throw new Error(`${from}.${name} was called`);
  };
}
const { memory, _start } = (await WebAssembly.instantiate(module, imports)).exports;
process.exitCode = wasi.start({ exports: { memory, _start } });
