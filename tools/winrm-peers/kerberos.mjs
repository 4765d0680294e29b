import { existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../set-up/cache-folder.mjs";
import { publishOnce } from "../set-up/publish-once.mjs";
import { run } from "../set-up/run.mjs";

/** As package.json names it among the optional peers. It is no development dependency: npm ci would fail where it cannot be built. */
const version = "7.0.0";

/** The folder of modules in the cache that has the package `kerberos`, whether it is there or not. */
export function cachedKerberos() {
  const folder = join(cacheFolder(), `kerberos-${version}-node${process.versions.modules}-${process.platform}-${process.arch}`);
  return { folder, modules: join(folder, "node_modules") };
}

/**
 * Installs the npm package `kerberos` into the cache, so that the tests of Kerberos load the real one. npm downloads a built one or builds
 * it, for which it needs a compiler and GSS-API's headers (Debian: build-essential, libkrb5-dev). Where it cannot be had, the answer says why.
 * @param {{ say?: (text: string) => void }} [options]
 * @returns {Promise<{ found: { modules: string } } | { missing: string }>}
 */
export async function ensureKerberos({ say = (text) => process.stderr.write(`${text}\n`) } = {}) {
  const { folder, modules } = cachedKerberos();
  if (existsSync(folder)) {
    if (await loads(modules)) return { found: { modules } };
    rmSync(folder, { recursive: true, force: true }); // GSS-API's library is gone
  }
  try {
    await publishOnce(folder, (temporary) => install(temporary, folder, say), say);
  } catch (error) {
    return {
      missing: `The npm package kerberos is not there and could not be installed: ${error.message}.\nInstall a compiler and GSS-API's headers (Debian: build-essential, libkrb5-dev), then run this again.`,
    };
  }
  return { found: { modules } };
}

async function install(temporary, folder, say) {
  say(`Installing the npm package kerberos ${version} into ${folder}, once`);
  writeFileSync(join(temporary, "package.json"), JSON.stringify({ private: true, dependencies: { kerberos: version } }));
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const options = ["--no-audit", "--no-fund", "--no-package-lock", ...ownHeaders()];
  const installed = await run(npm, ["install", ...options], { cwd: temporary, limitMs: 10 * 60_000 });
  if (!installed.ok) throw new Error(installed.reason);
  if (!(await loads(join(temporary, "node_modules")))) throw new Error("it was installed and does not load");
}

/** The headers that came with this Node.js, where they did: without them node-gyp downloads some. */
function ownHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, "include", "node", "node_api.h")) ? [`--nodedir=${prefix}`] : [];
}

async function loads(modules) {
  const answer = await run(process.execPath, ["-e", "require(process.argv[1])", join(modules, "kerberos")], { limitMs: 30_000 });
  return answer.ok;
}
