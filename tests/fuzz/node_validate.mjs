// The other engine: reads modules from standard input, each as a 32-bit little-endian length and the bytes, and answers one
// byte each on standard output: 1 if WebAssembly.validate accepts it, else 0. Answers come once per chunk of input.
import { writeSync } from "node:fs";

let pending = Buffer.alloc(0);

process.stdin.on("data", (chunk) => {
  pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
  const answers = [];
  let at = 0;
  while (pending.length - at >= 4) {
    const size = pending.readUInt32LE(at);
    if (pending.length - at - 4 < size) break;
    const bytes = pending.subarray(at + 4, at + 4 + size);
    answers.push(WebAssembly.validate(bytes) ? 1 : 0);
    at += 4 + size;
  }
  pending = pending.subarray(at);
  if (answers.length > 0) writeSync(1, Uint8Array.from(answers));
});
