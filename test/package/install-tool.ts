import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../tools/set-up/cache-folder.mjs";
import { publishOnce } from "../../tools/set-up/publish-once.mjs";
import { runNpm } from "./run-npm";

/** A program that npm has, kept in the cache. Answers the folder of its package. */
export async function installTool(name: string, version: string): Promise<string> {
  const folder = join(cacheFolder(), `${name.replace(/^@/, "").replace("/", "-")}-${version}`);
  if (!existsSync(folder)) {
    const say = (text: string) => process.stderr.write(`${text}\n`);
    const make = async (temporary: string) => {
      writeFileSync(join(temporary, "package.json"), "{}");
      runNpm(temporary, "install", "--prefer-offline", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", `${name}@${version}`);
    };
    await publishOnce(folder, make, say);
  }
  return join(folder, "node_modules", name);
}
