// What a program waits for before its first line: the time to load this package, beside Node.js alone, the SDK, and another provider's package.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stagePackage } from "../../tools/set-up/packed.mjs";
import { median } from "./lifecycle.mjs";

const RUNS = 15;
/** Both load the SDK, as the program does anyway. The command-line tool and the policies are loaded by nobody here. */
export const importPeer = "@pulumi/command";
export const importFloor = "@pulumi/pulumi";
export const importedPackage = "pulumi-hyperv-reference-point";

/**
 * @param {string} programs a folder below the repository, where the peers are found
 * @param {(text: string) => void} say
 * @returns {Promise<{ name: string, seconds: number, modules: number }[]>} the median of each, and how many files it loads
 */
export async function benchImports(programs, say) {
  // A project with the package as it is installed: within the repository's own, its name would lead to what the tests load.
  const folder = join(programs, "imports");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "imports", private: true }));
  await stagePackage(join(folder, "node_modules", importedPackage));
  const names = ["", importFloor, importPeer, importedPackage];
  say(`loading ${names.slice(1).join(", ")}`);
  const times = new Map(names.map((name) => [name, []]));
  for (let run = 0; run <= RUNS; run++) {
    // Rotated, so that none always runs in the others' wake.
    for (const index of names.keys()) {
      const name = names[(index + run) % names.length];
      const began = performance.now();
      load(folder, name);
      if (run > 0) times.get(name).push((performance.now() - began) / 1000); // the first run warms the page cache
    }
  }
  return names.map((name) => ({ name: name || "Node.js alone", seconds: median(times.get(name)), modules: load(folder, name, true) }));
}

/** @returns {number} the files that were loaded, where they are to be counted */
function load(folder, name, count = false) {
  const program = `${name && `require(${JSON.stringify(name)});`}${count ? "console.log(Object.keys(require.cache).length)" : ""}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", program || "0"], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`Loading ${name} failed:\n${stderr}`);
  return Number(stdout);
}
