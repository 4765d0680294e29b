// npm run build: dist/ as the tests run it, a file for each of provider/.
// node tools/build.mjs --packed (npm's "prepack"): dist/ as it is packed, until "postpack" makes the other one again.
import { join } from "node:path";
import { build } from "./set-up/build.mjs";
import { writePacked } from "./set-up/packed.mjs";
import { repository } from "./set-up/repository.mjs";

const dist = join(repository, "dist");
process.exitCode = build() ? 0 : 1;
if (process.exitCode === 0 && process.argv.includes("--packed")) await writePacked(dist, dist);
