import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { writeBridge } from "./bridge.mjs";
import { repository } from "./repository.mjs";

const source = join(repository, "provider");
const output = join(repository, "dist");

/**
 * Compiles provider/ into dist/, removes from dist/ what has no source any more, for it would be published, and joins the bridge.
 * @returns {boolean} false where the compiler has complaints; the JavaScript is written all the same
 */
export function build() {
  const { status } = compile(["-p", "."]);
  removeLeftovers();
  writeBridge(source, output);
  return status === 0;
}

/**
 * Runs the TypeScript compiler in the repository.
 * @param {string[]} compilerArguments
 */
export function compile(compilerArguments) {
  const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
  return spawnSync(process.execPath, [compiler, ...compilerArguments], { cwd: repository, stdio: ["ignore", "inherit", "inherit"] });
}

function removeLeftovers() {
  if (!existsSync(output)) return;
  for (const entry of readdirSync(output, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const sourcePath = join(source, relative(output, path)).replace(/(\.d\.ts|\.js)$/, ".ts");
    if (!existsSync(sourcePath)) rmSync(path, { recursive: true, force: true });
  }
}
