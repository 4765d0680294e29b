import { existsSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../set-up/cache-folder.mjs";
import { goIsThere } from "../set-up/go.mjs";
import { publishOnce, removeAbandoned } from "../set-up/publish-once.mjs";
import { download, downloadIsReachable } from "./from-download.mjs";
import { buildWithGo } from "./from-go.mjs";
import { fromPath } from "./from-path.mjs";
import { inspectInstallation } from "./installation.mjs";
import { cliVersion, oldestCliVersion } from "./versions.mjs";

const makers = [
  {
    name: "download",
    isPossible: downloadIsReachable,
    announcement: `Downloading the Pulumi CLI v${cliVersion} (about 100 MB, once)`,
    make: download,
  },
  {
    name: "build with Go",
    isPossible: goIsThere,
    announcement: `Building the Pulumi CLI v${cliVersion} with Go (4 to 8 minutes on two cores, once)`,
    make: buildWithGo,
  },
];

/**
 * Finds a Pulumi CLI or makes one: from PATH, from the cache, by download, by a build with Go; in that order.
 * @param {{ say?: (text: string) => void }} [options]
 * @returns {Promise<import("./installation.mjs").Installation>}
 */
export async function ensurePulumi({ say = (text) => process.stderr.write(`${text}\n`) } = {}) {
  const onPath = await fromPath();
  if ("found" in onPath) return onPath.found;

  const folder = join(cacheFolder(), `pulumi-v${cliVersion}-${process.platform}-${process.arch}`);
  const wasThere = existsSync(folder);
  const cached = await inspectInstallation(join(folder, "bin"));
  if (wasThere) removeAbandoned(folder);
  if ("found" in cached) return cached.found;
  if (wasThere) rmSync(folder, { recursive: true, force: true }); // it does not run: copied by hand, or from another system

  const tried = [`PATH: ${onPath.missing}`, `cache: ${cached.missing}`];
  for (const { name, isPossible, announcement, make } of makers) {
    const { ok, reason } = await isPossible();
    if (!ok) {
      tried.push(`${name}: ${reason}`);
      continue;
    }
    try {
      await publishOnce(folder, (temporary) => makeAndInspect(temporary, make, `${announcement}; kept in ${folder}`, say), say);
      const made = await inspectInstallation(join(folder, "bin"));
      if ("found" in made) return made.found;
      tried.push(`${name}: ${made.missing}`);
    } catch (error) {
      tried.push(`${name}: ${error.message}`);
    }
  }
  throw new Error(
    `There is no Pulumi CLI and none could be made.\n${tried.map((line) => `  - ${line}`).join("\n")}\n` +
      `Install the Pulumi CLI ${oldestCliVersion} or later so that "pulumi version" works in this shell, then run this again.`,
  );
}

async function makeAndInspect(temporary, make, announcement, say) {
  say(announcement);
  await make(temporary, say);
  const made = await inspectInstallation(join(temporary, "bin"));
  if ("missing" in made) throw new Error(made.missing);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const { pulumi } = await ensurePulumi();
    process.stdout.write(`${pulumi}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
