import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { npmScript } from "../../tools/set-up/install.mjs";
import { stagePackage } from "../../tools/set-up/packed.mjs";

/** Packs this package into a folder; answers the tarball's path. */
export async function packInto(folder: string): Promise<string> {
  // From a folder of its own: what npm's "prepack" does to dist/ could meet a test that is loading it.
  const staged = join(folder, "staged");
  await stagePackage(staged);
  const pack = [npmScript(), "pack", "--ignore-scripts", "--pack-destination", folder];
  const { status, stderr } = spawnSync(process.execPath, pack, { cwd: staged, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
  return join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) as string);
}
