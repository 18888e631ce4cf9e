// Puts back the placeholder that keeps the embedded folder in the repository and
// fails the build when the widget grew over what a bank's page may be asked to load.
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 60 * 1024;
writeFileSync(new URL("../dist/.keep", import.meta.url), "");
const size = gzipSync(readFileSync(new URL("../dist/widget.js", import.meta.url))).length;
process.stdout.write(`widget.js: ${(size / 1024).toFixed(1)} kB gzipped (limit ${LIMIT / 1024})\n`);
if (size > LIMIT) {
  process.stderr.write("widget.js is over its limit\n");
  process.exit(1);
}
