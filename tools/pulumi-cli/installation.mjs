import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../set-up/run.mjs";

const suffix = process.platform === "win32" ? ".exe" : "";

/** The programs that make a usable CLI. The plugin for dynamic providers is in node_modules/@pulumi/pulumi too: see path-for.mjs. */
export const programs = { pulumi: `pulumi${suffix}`, languageHost: `pulumi-language-nodejs${suffix}` };

/**
 * @typedef {object} Installation
 * @property {string} pulumi     the CLI's path
 * @property {string} binFolder  its folder, where the language host is as well
 * @property {string} version    without the "v"
 */

/**
 * Looks whether a folder holds a CLI that runs and a language host beside it.
 * @param {string} binFolder
 * @returns {Promise<{ found: Installation } | { missing: string }>}
 */
export async function inspectInstallation(binFolder) {
  const pulumi = join(binFolder, programs.pulumi);
  for (const path of [pulumi, join(binFolder, programs.languageHost)]) {
    if (!existsSync(path)) return { missing: `${path} is not there` };
  }
  const answer = await run(pulumi, ["version"], { env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" }, limitMs: 30_000 });
  const version = /^v?(\d+\.\d+\.\d+\S*)\s*$/.exec(answer.stdout)?.[1];
  if (!answer.ok || version === undefined) return { missing: `${pulumi} does not run: ${answer.reason || answer.stdout.trim()}` };
  return { found: { pulumi, binFolder, version } };
}
