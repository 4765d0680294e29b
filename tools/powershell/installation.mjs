import { compareVersions } from "../set-up/compare-versions.mjs";
import { run } from "../set-up/run.mjs";
import { oldestPowerShellVersion, windowsPowerShellVersion } from "./versions.mjs";

/**
 * @typedef {object} Installation
 * @property {string} powershell  the program's path
 * @property {string} version     of PowerShell, such as "7.6.9" or "5.1.20348.2849"
 */

/**
 * Looks whether a program is a PowerShell that the tests can use.
 * @param {string} program
 * @returns {Promise<{ found: Installation } | { missing: string }>}
 */
export async function inspectInstallation(program) {
  const commandArguments = ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", "$PSVersionTable.PSVersion.ToString()"];
  const answer = await run(program, commandArguments, { limitMs: 60_000 });
  const version = /^(\d+\.\d+\.\d+\S*)\s*$/.exec(answer.stdout)?.[1];
  if (!answer.ok || version === undefined) return { missing: `${program} does not run: ${answer.reason || answer.stdout.trim()}` };
  if (!isUsable(version)) return { missing: `${program} is ${version}, neither 5.1 nor ${oldestPowerShellVersion} or later` };
  return { found: { powershell: program, version } };
}

function isUsable(version) {
  if (compareVersions(version, oldestPowerShellVersion) >= 0) return true;
  return version.startsWith("5.") && compareVersions(version, windowsPowerShellVersion) >= 0;
}
