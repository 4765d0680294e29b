import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { inspectInstallation } from "./installation.mjs";

const suffix = process.platform === "win32" ? ".exe" : "";

/**
 * The PowerShell that a shell would run: PowerShell 7 where there is one, else Windows PowerShell.
 * @returns {Promise<{ found: import("./installation.mjs").Installation } | { missing: string }>}
 */
export async function fromPath() {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const missing = [];
  for (const name of ["pwsh", "powershell"]) {
    const program = folders.map((folder) => join(folder, name + suffix)).find((path) => existsSync(path));
    if (program === undefined) {
      missing.push(`no ${name} on PATH`);
      continue;
    }
    const answer = await inspectInstallation(program);
    if ("found" in answer) return answer;
    missing.push(answer.missing);
  }
  return { missing: missing.join("; ") };
}
