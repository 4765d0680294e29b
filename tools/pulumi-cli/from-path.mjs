import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { compareVersions } from "../set-up/compare-versions.mjs";
import { inspectInstallation, programs } from "./installation.mjs";
import { oldestCliVersion } from "./versions.mjs";

/**
 * The CLI that a shell would run.
 * @returns {Promise<{ found: import("./installation.mjs").Installation } | { missing: string }>}
 */
export async function fromPath() {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const binFolder = folders.find((folder) => existsSync(join(folder, programs.pulumi)));
  if (binFolder === undefined) return { missing: "no pulumi on PATH" };
  const answer = await inspectInstallation(binFolder);
  if ("missing" in answer) return answer;
  if (compareVersions(answer.found.version, oldestCliVersion) < 0) {
    return { missing: `${answer.found.pulumi} is ${answer.found.version}, older than ${oldestCliVersion}` };
  }
  return answer;
}
