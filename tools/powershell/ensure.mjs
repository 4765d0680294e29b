import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromDotnet } from "./from-dotnet.mjs";
import { fromPath } from "./from-path.mjs";
import { inspectInstallation } from "./installation.mjs";
import { oldestPowerShellVersion } from "./versions.mjs";

/** Names the PowerShell to be used; the tests read it too. */
export const powerShellVariable = "HYPERV_TEST_POWERSHELL";

/**
 * Finds a PowerShell for the tests or makes one: from the environment variable, from PATH, from a .NET SDK; in that order. Where there is
 * none, the answer says what was tried and one remedy. Rejects where the variable names a program that is of no use.
 * @param {{ say?: (text: string) => void }} [options]
 * @returns {Promise<{ found: import("./installation.mjs").Installation } | { missing: string }>}
 */
export async function ensurePowerShell({ say = (text) => process.stderr.write(`${text}\n`) } = {}) {
  const chosen = process.env[powerShellVariable];
  if (chosen) {
    const answer = await inspectInstallation(chosen);
    if ("found" in answer) return answer;
    throw new Error(`${powerShellVariable} is of no use: ${answer.missing}.\nCorrect it, or unset it to have a PowerShell looked for.`);
  }
  const onPath = await fromPath();
  if ("found" in onPath) return onPath;
  const made = await fromDotnet(say);
  if ("found" in made) return made;
  return {
    missing:
      `There is no PowerShell and none could be installed.\n  - PATH: ${onPath.missing}\n  - .NET tool: ${made.missing}\n` +
      `Install PowerShell ${oldestPowerShellVersion} or later so that "pwsh" works in this shell, then run this again.`,
  };
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const answer = await ensurePowerShell();
    if ("found" in answer) process.stdout.write(`${answer.found.powershell}\n`);
    else throw new Error(answer.missing);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
