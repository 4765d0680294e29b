import { spawnSync } from "node:child_process";
import { npmScript } from "../../tools/set-up/install.mjs";

/** Runs npm in a folder that is no part of this repository; answers its standard output. */
export function runNpm(folder: string, ...npmArguments: string[]): string {
  // "npm test" hands its own project down in the environment; --prefix says that the folder is meant.
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [npmScript(), ...npmArguments, "--prefix", folder], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status !== 0) throw new Error(`npm ${npmArguments.join(" ")} failed: ${error?.message ?? stderr}`);
  return stdout;
}
