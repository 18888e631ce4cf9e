// Runs the biome that is installed for this machine. The wrapper package is not
// used: it names platforms that not every registry carries, which breaks `npm ci`.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const program = require.resolve(`@biomejs/cli-linux-${process.arch}/biome`);
const ran = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
process.exit(ran.status ?? 1);
