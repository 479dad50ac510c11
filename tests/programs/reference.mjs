// Runs a WASI module under Node's own engine. Usage: node reference.mjs MODULE HOST::GUEST... -- ARGUMENT...
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [module, ...rest] = process.argv.slice(2);
const split = rest.indexOf("--");
const preopens = Object.fromEntries(rest.slice(0, split).map((mount) => mount.split("::").reverse()));
const wasi = new WASI({ version: "preview1", args: rest.slice(split + 1), env: {}, preopens });
const { instance } = await WebAssembly.instantiate(readFileSync(module), wasi.getImportObject());
process.exitCode = wasi.start(instance);
