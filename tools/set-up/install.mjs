import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "./repository.mjs";

/**
 * Installs the dependencies when they are absent or not those of package-lock.json.
 * @param {(text: string) => void} say
 */
export function installDependencies(say) {
  if (isInstalled()) return;
  say("Installing the dependencies (npm ci, about half a minute)");
  // Scripts are left out: the build follows anyway, and no dependency needs one.
  const { status, error } = spawnNpm(["ci", "--ignore-scripts", "--no-fund", "--no-audit"]);
  if (status !== 0)
    throw new Error(`npm ci failed${error ? `: ${error.message}` : ""}. Check that the npm registry can be reached, then run this again.`);
}

/**
 * npm writes node_modules/.package-lock.json as the last act of an installation, so it tells a whole one from a half one.
 */
function isInstalled() {
  const installed = join(repository, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  const { packages: wanted } = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8"));
  const { packages: present } = JSON.parse(readFileSync(installed, "utf8"));
  return Object.entries(wanted).every(([path, { version, optional }]) => path === "" || optional || present[path]?.version === version);
}

/**
 * Runs npm without a shell: npm.cmd cannot be spawned on Windows, its JavaScript can everywhere.
 * @param {string[]} npmArguments
 */
export function spawnNpm(npmArguments) {
  return spawnSync(process.execPath, [npmScript(), ...npmArguments], { cwd: repository, stdio: ["ignore", "inherit", "inherit"] });
}

/** The npm that runs this script or, when node was called directly, the one that came with this Node.js. */
export function npmScript() {
  if (process.env.npm_execpath?.endsWith("npm-cli.js")) return process.env.npm_execpath;
  const nodeFolder = dirname(process.execPath);
  const places = [
    join(nodeFolder, "node_modules"),
    join(nodeFolder, "..", "lib", "node_modules"),
    join(nodeFolder, "..", "share", "nodejs"),
  ];
  const found = places.map((place) => join(place, "npm", "bin", "npm-cli.js")).find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(`npm was not found beside ${process.execPath}. Run this through npm: "npm test", "npm run demo".`);
  return found;
}
