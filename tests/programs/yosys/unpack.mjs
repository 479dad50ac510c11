// Writes the files that the npm package @yowasp/yosys keeps in a JavaScript module, as a directory tree.
// Usage: node unpack.mjs PACKAGE/gen/resources-yosys.js DIRECTORY
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

function write(tree, directory) {
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(tree)) {
    const path = join(directory, name);
    if (content instanceof URL)
      writeFileSync(path, readFileSync(content));
    else if (typeof content === "string" || content instanceof Uint8Array)
      writeFileSync(path, content);
    else
      write(content, path);
  }
}

const { filesystem } = await import(pathToFileURL(resolve(process.argv[2])));
write(filesystem, process.argv[3]);
