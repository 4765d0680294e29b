import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { npmScript } from "../../tools/set-up/install.mjs";
import { repository } from "../../tools/set-up/repository.mjs";

/** Packs this package into a folder; answers the tarball's path. */
export function packInto(folder: string): string {
  // dist/ is built already; a second build here could meet a test that is loading it.
  const pack = [npmScript(), "pack", "--ignore-scripts", "--pack-destination", folder];
  const { status, stderr } = spawnSync(process.execPath, pack, { cwd: repository, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
  return join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) as string);
}
